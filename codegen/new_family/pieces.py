"""Which pieces of proofs go with which parts: cases, refusals and ropes in `tests/families` that parts have in common.

Pieces are lines of source, in which `shared.ATTENTION` is the constant of `tests/families/shared.py`: a draft is text,
and nothing of the tests is imported for it. A test looks up every name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Pieces:
    """What the proof of a family with a part has, as lines of source."""

    cases: tuple[str, ...] = ()
    combined: tuple[str, ...] = ()
    """What the part adds to the case with as many structures as there can be."""
    sizes: tuple[str, ...] = ()
    """What it adds to the case with other sizes."""
    refused: tuple[str, ...] = ()
    none_refused: Mapping[str, str] = field(default_factory=dict[str, str])
    """By field, a refusal of None, of classes whose type for the field admits it."""
    breaking: tuple[str, ...] = ()
    """In their place for a class whose rope reads how much of a head to rotate, whatever attention rotates."""
    covers: tuple[str, ...] = ()
    """Refusals of other parts that are among these."""
    rope: str = ""
    not_hybrid: str = ""
    """Cases that no hybrid model can have."""
    invisible: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    equal: str = ""
    spellings: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


BASES: Final = (
    "shared.DECODER",
    "shared.EXPERTS",
    "routers.LOCAL_EXPERTS",
    "experts.GROUPED_DECODER",
    "latents.LATENT",
    "latents.LATENT_EXPERTS",
)
"""Tiny configs, of which a draft takes the largest with fields of the class alone."""

_NO_WINDOW: Final = 'proof.Refused("window_of_none", "sliding_window", {"sliding_window": 0})'

_UNUSED_WINDOW: Final = (
    'proof.Refused("window_unused", "use_sliding_window", {}, {"use_sliding_window": False}, '
    'start={"use_sliding_window": True, "sliding_window": 5}, equal=ropes.STALE)'
)

PIECES: Final[Mapping[str, Pieces]] = {
    "decoder.language_model.LANGUAGE_MODEL": Pieces(
        cases=('"spelt_out": {"is_causal": True}',), refused=("*shared.GENERAL",)
    ),
    "decoder.language_model.PADDING_TOKEN": Pieces(cases=('"padding_token": {"pad_token_id": 5}',)),
    "decoder.sizes.SIZES_WITHOUT_PADDING": Pieces(combined=('"tie_word_embeddings": True',)),
    "decoder.norms.RMS_NORM": Pieces(sizes=('"rms_norm_eps": 1e-5',)),
    "decoder.prediction.COUNTED_MTP": Pieces(invisible=('"num_mtp_layers": "transformers builds no such layers"',)),
    "decoder.multipliers.MULTIPLIERS": Pieces(
        cases=("**multipliers.MULTIPLIERS",),
        combined=("**multipliers.COMBINED",),
        refused=("*multipliers.MULTIPLIERS_REFUSED",),
    ),
    "mlp.gates.GATED_MLP": Pieces(
        cases=("**shared.ACTIVATIONS",), combined=('"hidden_act": "gelu"',), refused=("shared.ACTIVATION",)
    ),
    "attention.groups.GROUPED_QUERY": Pieces(
        cases=("**shared.ATTENTION",),
        sizes=("**shared.OTHER_SIZES", '"num_hidden_layers": 2'),
        combined=('"num_key_value_heads": 1',),
        refused=("shared.THREE_GROUPS",),
        none_refused={"num_key_value_heads": "shared.NO_GROUPS"},
    ),
    "attention.heads.HEAD_DIM": Pieces(
        cases=('"head_dim_derived": {"head_dim": None}',), refused=("shared.NO_HEAD_DIM",)
    ),
    "attention.heads.OPTIONAL_HEAD_DIM": Pieces(
        cases=('"head_dim_derived": {"head_dim": None}',), spellings=('"head_dim"',), none=('"head_dim"',)
    ),
    "attention.heads.UNDECLARED_HEAD_DIM": Pieces(
        cases=('"head_dim_undeclared": {"head_dim": proof.ABSENT}',),
        refused=("shared.NO_HEAD_DIM",),
        spellings=('"head_dim"',),
    ),
    "attention.heads.DERIVED_HEAD_DIM": Pieces(refused=("layer_norms.ODD_HEADS",)),
    "attention.biases.NO_ATTENTION_BIAS": Pieces(refused=("llama_like.ATTENTION_BIAS",)),
    "attention.biases.ATTENTION_BIAS": Pieces(
        cases=("**shared.ATTENTION_BIASES",), refused=("llama_like.ATTENTION_BIAS",)
    ),
    "attention.biases.USED_BIASES": Pieces(
        cases=('"biases": {"use_bias": True}', '"no_biases": {"use_bias": False}'),
        combined=('"use_bias": True',),
    ),
    "attention.biases.BIASES": Pieces(
        cases=("**llama_like.BIASES",),
        combined=('"attention_bias": True', '"mlp_bias": True'),
        refused=("*llama_like.BIASES_REFUSED",),
    ),
    "attention.windows.WINDOW": Pieces(
        cases=('"window": {"sliding_window": 5}', '"window_of_one": {"sliding_window": 1}'),
        combined=('"sliding_window": 7',),
        refused=(_NO_WINDOW,),
        none=('"sliding_window"',),
    ),
    "attention.windows.WINDOW_SWITCH": Pieces(
        cases=(
            '"window_on": {"use_sliding_window": True, "sliding_window": 5}',
            '"window_of_one_on": {"use_sliding_window": True, "sliding_window": 1}',
        ),
        combined=('"use_sliding_window": True',),
        refused=(
            'proof.Refused("no_window_on", "sliding_window", {"use_sliding_window": True, "sliding_window": 0})',
            _UNUSED_WINDOW,
        ),
        covers=(_NO_WINDOW,),
    ),
    "attention.windows.QWEN_WINDOW": Pieces(
        cases=("**windows.QWEN_WINDOWS",),
        combined=('"sliding_window": 5', '"max_window_layers": 1'),
        refused=("*windows.QWEN_WINDOWS_REFUSED",),
        covers=("*windows.LAYER_TYPES_REFUSED",),
        equal="windows.UNUSED_WINDOW",
        spellings=("*windows.WINDOW_SPELLINGS",),
    ),
    "attention.windows.LAYERED_WINDOW": Pieces(refused=("*windows.LAYER_TYPES_REFUSED",), none=('"sliding_window"',)),
    "attention.latents.LATENT": Pieces(
        cases=("**ropes.MLA_ROPES",),
        sizes=("**latents.OTHER_LATENT_SIZES",),
        combined=("**ropes.yarn(mscale=0.7, mscale_all_dim=0.9)",),
        refused=("*latents.LATENT_REFUSED", "latents.NO_QUERY_LATENT"),
        breaking=("*partial_ropes.breaking(latents.LATENT_REFUSED)", "latents.NO_QUERY_LATENT"),
        covers=("*shared.GENERAL", "shared.ACTIVATION"),
        rope="ropes.MLA_ROPE",
    ),
    "attention.latents.ROPE_INTERLEAVE": Pieces(refused=("*latents.rope_of_halves(False)",)),
    "positions.rope.ROPE": Pieces(
        cases=("**ropes.ROPES",),
        combined=("**ropes.yarn(mscale=0.7, mscale_all_dim=0.9)",),
        refused=("*ropes.ROPE_REFUSED",),
        breaking=("*partial_ropes.breaking(ropes.ROPE_REFUSED)",),
        rope="ropes.GPT_ROPE",
        not_hybrid="ropes.NOT_HYBRID",
    ),
    "positions.rope.INTERLEAVED_ROPE": Pieces(
        cases=("**llama_like.INTERLEAVED_ROPES",),
        combined=('**ropes.rope("linear", factor=2.5)',),
        refused=("*llama_like.INTERLEAVED_ROPE_REFUSED",),
        rope="llama_like.INTERLEAVED_ROPE",
    ),
    "positions.partial.PARTIAL_ROPE": Pieces(
        cases=("**partial_ropes.PARTIAL_ROPES",),
        combined=('**ropes.rope("linear", factor=2.5)',),
        refused=("*partial_ropes.PARTIAL_ROPE_REFUSED",),
        rope="partial_ropes.PARTIAL_ROPE",
        not_hybrid="ropes.NOT_HYBRID",
    ),
    "positions.partial.INTERLEAVED_PARTIAL_ROPE": Pieces(
        cases=("**partial_ropes.INTERLEAVED_ROPES",),
        combined=('**ropes.rope("linear", factor=2.5)',),
        refused=("*partial_ropes.INTERLEAVED_ROPE_REFUSED",),
        rope="partial_ropes.INTERLEAVED_ROPE",
    ),
    "experts.placed.STEPPED_EXPERTS": Pieces(
        cases=("**routers.STEPS",),
        combined=('"mlp_only_layers": [1]',),
        refused=("*routers.STEPS_REFUSED",),
        values=("**routers.STEPPED_VALUES",),
        spellings=("*routers.STEPPED_SPELLINGS",),
    ),
    "experts.placed.AFTER_DENSE": Pieces(cases=("**experts.FIRST_DENSE",), spellings=('"first_k_dense_replace"',)),
    "experts.placed.LISTED_EXPERTS": Pieces(
        cases=("**experts.LISTED",),
        refused=("*experts.LISTED_REFUSED",),
        values=('"mlp_layer_types": experts.MLP_TYPES',),
    ),
    "experts.counted.ROUTED_EXPERTS": Pieces(sizes=('"n_routed_experts": 6', '"moe_intermediate_size": 24')),
    "experts.groups.ROUTER_OF_GROUPS": Pieces(
        cases=("**experts.GROUPS",),
        sizes=('"n_group": 3',),
        combined=('"topk_group": 4', '"num_experts_per_tok": 5'),
        refused=("*shared.ROUTER",),
    ),
    "experts.counted.COUNTED_SHARED_EXPERTS": Pieces(
        cases=("**experts.SHARED_EXPERTS",), combined=('"n_shared_experts": 2',)
    ),
    "experts.balancing.BALANCED_BY_LOSS": Pieces(invisible=("**routers.AUXILIARY_LOSS",)),
    "experts.routers.NORMALISED_IF_SAID": Pieces(
        cases=(
            '"normalised": {"norm_topk_prob": True}',
            '"one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False}',
        ),
        combined=('"norm_topk_prob": True',),
        refused=("routers.ONE_NORMALISED",),
    ),
    "experts.routers.NORMALISED": Pieces(refused=("routers.ONE_EXPERT",)),
    "experts.routers.NUMBERED_EXPERTS": Pieces(
        cases=('"all_experts": {"num_experts_per_tok": 8}',),
        sizes=('"num_experts": 6', '"moe_intermediate_size": 24'),
        refused=("routers.TOO_MANY_EXPERTS",),
    ),
    "experts.routers.LOCAL_EXPERTS": Pieces(
        cases=('"all_experts": {"num_experts_per_tok": 8}',),
        sizes=('"num_local_experts": 6',),
        refused=("routers.TOO_MANY_EXPERTS",),
    ),
}
"""By the part, as its module below `codegen.parts` and its name."""
