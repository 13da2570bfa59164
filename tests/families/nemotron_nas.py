"""Llama-Nemotron: layers that differ, some without attention or MLP, and some with one linear layer in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tests.families.described import GENERAL_DESCRIBED, ROPE_DESCRIBED
from tests.families.proof import NOTHING, Keywords, Proof, Refused, Rope
from tests.families.ropes import BAD_GPT_ROPES, GPT_ROPE, ROPES, rope
from tests.families.shared import ACTIVATION, ACTIVATIONS, DECODER, required
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MLP, MODEL, NORMS
from tests.numerics.weights import Layout, Row

NO_OP: Final = {"no_op": True}
LINEAR: Final = {"replace_with_linear": True}


def block(attention: int | Keywords = 2, ffn: float | Keywords = 1.0) -> dict[str, Any]:
    """A block by the size of each part, or by what it says."""
    return {
        "attention": {"n_heads_in_group": attention} if isinstance(attention, int) else dict(attention),
        "ffn": {"ffn_mult": ffn} if isinstance(ffn, int | float) else dict(ffn),
    }


def blocks(*given: dict[str, Any]) -> Keywords:
    return {"block_configs": list(given), "num_hidden_layers": len(given)}


def first(attention: int | Keywords = 2, ffn: float | Keywords = 1.0) -> Keywords:
    """A first layer beside two others."""
    return blocks(block(attention, ffn), block(), block())


_ROPES = {name: value for name, value in ROPES.items() if "yarn" not in name}
_YARN = {name: value for name, value in ROPES.items() if name == "rope_yarn"}


def _is_not_yarn(refused: Refused) -> bool:
    return "yarn" not in refused.name


def _is_yarn(value: Any) -> bool:
    return isinstance(value, dict) and ("rope_type", "yarn") in value.items()


_BAD_ROPES: Sequence[tuple[Any, frozenset[str]]] = tuple(
    (value, keys) for value, keys in BAD_GPT_ROPES if not _is_yarn(value)
)

PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name not in ("head_dim", "num_key_value_heads")},
        **blocks(block(2, 1.0), block(4, 4.5), block(1, 2.0)),
        "intermediate_size": None,
        # Heads wide enough that Llama 3's rope scales some channels and not others.
        "hidden_size": 96,
    },
    cases={
        "default": {},
        "no_attention": first(NO_OP),
        "no_mlp": first(ffn=NO_OP),
        "neither": first(NO_OP, NO_OP),
        "linear_attention": first(LINEAR),
        "linear_mlp": first(ffn=LINEAR),
        "linear_both": first(LINEAR, LINEAR),
        "sizes_of_what_is_not_there": first({**NO_OP, "n_heads_in_group": 4}, {**LINEAR, "ffn_mult": 2.0}),
        # Of 96 channels: 256 wide as 64 times 4, 256 as a little less, 512 as a little more.
        "width_to_the_channel": first(ffn=4.0),
        "width_below": first(ffn=3.99),
        "width_above": first(ffn=4.02),
        "width_by_a_rounded_factor": first(ffn=4.0156249999),
        "biases": {**first(4, 2.0), "attention_bias": True, "mlp_bias": True},
        "linear_with_biases": {**first(LINEAR, LINEAR), "attention_bias": True, "mlp_bias": True},
        "head_dim_stated": {"head_dim": 24},
        "padding_token": {"pad_token_id": 5},
        "tied": {"tie_word_embeddings": True},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "num_attention_heads": 6,
            "max_position_embeddings": 256,
            "rms_norm_eps": 1e-5,
            **blocks(block(3, 1.0), block(1, 2.0)),
        },
        "combined": {
            **blocks(block(4, 3.0), block(NO_OP, 1.0), block(LINEAR, NO_OP), block(1, LINEAR)),
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5),
        },
        **ACTIVATIONS,
        **_ROPES,
    },
    refused=(
        *GENERAL_DESCRIBED,
        *filter(_is_not_yarn, ROPE_DESCRIBED),
        Refused("rope_yarn", "rope_parameters", _YARN["rope_yarn"]),
        ACTIVATION,
        Refused("per_layer", "per_layer_config", {"per_layer_config": {1: {"rms_norm_eps": 0.5}}}),
        *required("block_configs"),
        Refused(
            "other_heads", "head_dim", {"head_dim": 16}, equal="no code reads it, and whoever wrote it meant something"
        ),
        Refused("too_few_blocks", "block_configs", {"block_configs": [block()]}, unseen="the model cannot be built"),
        Refused("no_size", "block_configs[0]", first({"no_op": False}), unseen="the model cannot be built"),
        Refused("odd_groups", "block_configs[0]", first(3), unseen="no group has a part of a head"),
        Refused("no_width", "block_configs[0]", first(ffn=0.0), unseen="the model cannot be built"),
        Refused("both", "block_configs[0]", first({**NO_OP, **LINEAR}), unseen="the model cannot be built"),
        *(
            Refused(
                f"{name}_attention",
                "block_configs[0]",
                first({"n_heads_in_group": 2, name: value}),
                unseen=("the reference has nothing of it, and the code beside the checkpoint only for kernels"),
            )
            for name, value in {
                "window_length": 8,
                "num_sink_tokens": 2,
                "sparsify": ["q_proj"],
                "unshifted_sink": True,
                "use_prefill_window_in_sink_attention": True,
            }.items()
        ),
        Refused(
            "sparse_mlp",
            "block_configs[0]",
            first(ffn={"ffn_mult": 1.0, "sparsify": ["up_proj"]}),
            unseen=("the reference has nothing of it, and the code beside the checkpoint only for kernels"),
        ),
        *(
            Refused(
                f"{name}_alone",
                "attention_bias",
                {name: True},
                nearest=(NOTHING, {"attention_bias": True, "mlp_bias": True}),
                tries=({"add_qkv_bias": True},),
            )
            for name in ("attention_bias", "mlp_bias")
        ),
        Refused(
            "heads_that_do_not_fill",
            "num_attention_heads",
            {"num_attention_heads": 9, **first(1), "block_configs": [block(1), block(1), block(1)]},
            unseen="a head has no part of a channel",
        ),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            *NORMS,
            *SELF_ATTENTION,
            *MLP,
            Row("self_attention.{kind}", ("self_attn.linear.{kind}",)),
            Row("mlp.{kind}", ("mlp.linear.{kind}",)),
        ),
    ),
    rope=Rope({name: keys for name, keys in GPT_ROPE.types.items() if name != "yarn"}, _BAD_ROPES),
    shallow={**blocks(block(2, 1.0))},
    values={
        "block_configs": (
            [block(4), block(), block()],
            [block(ffn=3.99), block(), block()],
            [block(NO_OP), block(LINEAR), block()],
            [block(3), block(), block()],
            [block()],
            [],
            None,
        ),
    },
    equal={
        "block_configs": "widths are rounded up to a multiple of 256",
        "head_dim": "None is what is derived",
    },
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "block_configs", "head_dim"}),
    none=frozenset({"dtype", "head_dim"}),
)
