"""Flint."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.routers import (
    ATTENTION_BIAS,
    AUXILIARY_LOSS,
    STEPPED_SPELLINGS,
    STEPPED_VALUES,
    STEPS,
    STEPS_REFUSED,
    TOO_MANY_EXPERTS,
    ZERO,
)
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER_REFUSED, EXPERTS, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={
        **EXPERTS,
        "shared_expert_intermediate_size": 56,
        "sliding_window": 5,
        "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
        "mlp_only_layers": [],
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "window_nowhere": {"layer_types": ["full_attention"] * 3},
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "window_in_turns": {"layer_types": ["sliding_attention", "full_attention", "sliding_attention"]},
        "window_of_one": {"sliding_window": 1},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
        "not_normalised": {"norm_topk_prob": False},
        "all_experts": {"num_experts_per_tok": 8},
        "shared_expert": {"shared_expert_intermediate_size": 24},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "layer_types": ["full_attention", "sliding_attention"],
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "mlp_only_layers": [1],
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **{name: {**case, "layer_types": None} for name, case in STEPS.items()},
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        TOO_MANY_EXPERTS,
        *STEPS_REFUSED,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused(
            "not_normalised",
            "norm_topk_prob",
            {"norm_topk_prob": False},
            tries=({"moe_router_pre_softmax": True},),
        ),
        Refused(
            "one_normalised",
            "norm_topk_prob",
            {"norm_topk_prob": True},
            start={"num_experts_per_tok": 1, "norm_topk_prob": False},
            tries=({"moe_router_pre_softmax": True},),
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["sliding_attention"]},
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values=STEPPED_VALUES,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters"}) | STEPPED_SPELLINGS,
    zero=ZERO,
    partly=({"layer_types": ["full_attention"] * 3},),
)
