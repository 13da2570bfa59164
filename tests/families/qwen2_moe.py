"""Qwen1.5 and Qwen2 with experts."""

from __future__ import annotations

from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.routers import (
    AUXILIARY_LOSS,
    ONE_NORMALISED,
    STEPPED_SPELLINGS,
    STEPPED_VALUES,
    STEPS,
    STEPS_REFUSED,
    TOO_MANY_EXPERTS,
    ZERO,
)
from tests.families.shared import ATTENTION, DECODER_REFUSED, EXPERTS, NO_GROUPS, NO_HEAD_DIM, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

WINDOW = {"use_sliding_window": True, "sliding_window": 5}

PROOF = Proof(
    base={**EXPERTS, "shared_expert_intermediate_size": 56},
    cases={
        "default": {},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "no_biases": {"qkv_bias": False},
        "normalised": {"norm_topk_prob": True},
        "one_expert": {"num_experts_per_tok": 1},
        "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
        "all_experts": {"num_experts_per_tok": 8, "norm_topk_prob": True},
        "shared_expert": {"shared_expert_intermediate_size": 24},
        "window_in_turns": WINDOW,
        "window_below": {**WINDOW, "max_window_layers": 1},
        "window_above": {**WINDOW, "layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
        "window_everywhere": {**WINDOW, "layer_types": ["sliding_attention"] * 3},
        "window_of_one": {"use_sliding_window": True, "sliding_window": 1},
        "window_nowhere": {**WINDOW, "max_window_layers": 0},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            **WINDOW,
            "qkv_bias": False,
            "norm_topk_prob": True,
            "tie_word_embeddings": True,
            "mlp_only_layers": [1],
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **STEPS,
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        NO_GROUPS,
        NO_HEAD_DIM,
        TOO_MANY_EXPERTS,
        ONE_NORMALISED,
        *STEPS_REFUSED,
        Refused("window_of_none", "sliding_window", {**WINDOW, "sliding_window": 0}, start=WINDOW),
        Refused("window_unsaid", "sliding_window", {}, {"sliding_window": None}),
        Refused(
            "window_unused",
            "use_sliding_window",
            {},
            {"use_sliding_window": False},
            start=WINDOW,
            equal="set after construction it does nothing here, but whoever wrote it meant something",
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values=STEPPED_VALUES,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}) | STEPPED_SPELLINGS,
    zero=ZERO | {"sliding_window"},
    partly=({}, {"use_sliding_window": True, "sliding_window": 5, "layer_types": ["full_attention"] * 3}),
)
