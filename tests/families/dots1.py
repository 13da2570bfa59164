"""dots.llm1: grouped experts, and windows."""

from __future__ import annotations

from tests.families.experts import FIRST_DENSE, GROUPED_DECODER, GROUPS, SHARED_EXPERTS
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import (
    ATTENTION,
    ATTENTION_BIASES,
    DECODER_REFUSED,
    NO_DROPOUT,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    ROUTER,
    required,
)
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

_WINDOW = {"sliding_window": 5, "max_window_layers": 1}

PROOF = Proof(
    base={**GROUPED_DECODER, "norm_topk_prob": True, "first_k_dense_replace": 1, "sliding_window": None},
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "window_above": _WINDOW,
        "window_below": {
            "sliding_window": 5,
            "layer_types": ["sliding_attention", "full_attention", "full_attention"],
        },
        "window_everywhere": {"sliding_window": 5, "max_window_layers": 0},
        "window_of_one": {"sliding_window": 1, "max_window_layers": 1},
        "window_nowhere": {"sliding_window": 5, "max_window_layers": 3},
        "groups_derived": {"num_key_value_heads": None},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "n_routed_experts": 6,
            "n_group": 3,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            **_WINDOW,
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **FIRST_DENSE,
        **GROUPS,
        **SHARED_EXPERTS,
        **ATTENTION,
        **ROPES,
        "scores_in_other_words": {"scoring_func": "noaux_tc"},
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        NO_DROPOUT,
        NO_GROUPS,
        NO_HEAD_DIM,
        *ROUTER,
        *required("n_routed_experts", "n_shared_experts", "num_experts_per_tok", "n_group", "topk_group"),
        *required("first_k_dense_replace"),
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("window_of_none", "sliding_window", {**_WINDOW, "sliding_window": 0}, start=_WINDOW),
        Refused("window_unsaid", "sliding_window", {}, {"sliding_window": None}, start=_WINDOW),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    swept={"num_hidden_layers": 2},
    equal={"sliding_window": "looked at only in layers of which layer_types says so"},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", "first_k_dense_replace"}),
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts", "first_k_dense_replace"}),
    none=frozenset({"dtype", "sliding_window"}),
)
