"""K-EXAONE: grouped experts, and layers without positions where there is no window."""

from __future__ import annotations

from tests.families.experts import GROUPED_EXPERTS, GROUPS, LISTED, LISTED_REFUSED, MLP_TYPES
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import ATTENTION, DECODER, DECODER_REFUSED, NO_HEAD_DIM, OTHER_SIZES, ROUTER
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={
        **DECODER,
        **GROUPED_EXPERTS,
        "num_experts": 8,
        "num_shared_experts": 1,
        "sliding_window": 5,
        "sliding_window_pattern": 2,
    },
    cases={
        "default": {},
        "window_below": {"layer_types": ["sliding_attention", "full_attention", "full_attention"]},
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "window_nowhere": {"layer_types": ["full_attention"] * 3},
        "window_of_one": {"sliding_window": 1},
        "two_shared_experts": {"num_shared_experts": 2},
        "no_shared_experts": {"num_shared_experts": 0},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "n_group": 3,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "num_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **LISTED,
        **GROUPS,
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        *LISTED_REFUSED,
        NO_HEAD_DIM,
        *ROUTER,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    values={"mlp_layer_types": MLP_TYPES},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    # Without a window.
    partly=({"layer_types": ["full_attention"] * 3},),
    zero=frozenset({"initializer_range", "attention_dropout", "num_shared_experts"}),
)
