"""gpt-oss."""

from __future__ import annotations

from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import DEFAULT, GPT_ROPE, NOT_HYBRID, ROPE_REFUSED, ROPES, yarn
from tests.families.routers import AUXILIARY_LOSS, LOCAL_EXPERTS, ONE_EXPERT, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import ATTENTION, GENERAL, OTHER_SIZES, THREE_GROUPS
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import GPT_OSS

ALL_FULL = {"layer_types": ["full_attention"] * 3}

PROOF = Proof(
    base={**LOCAL_EXPERTS, "sliding_window": 5},
    cases={
        "default": {},
        "window_nowhere": ALL_FULL,
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "window_above": {"layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
        "window_of_one": {"sliding_window": 1},
        "one_expert": {"num_experts_per_tok": 1},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "low_limit": {"swiglu_limit": 0.3},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5, "num_local_experts": 6},
        "rope_theta_of_another": {"rope_parameters": {"rope_type": "default", "rope_theta": 900.0}},
        "spelt_out": {"is_causal": True},
        "combined": {
            "sliding_window": 7,
            "swiglu_limit": 1.5,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "num_experts_per_tok": 2,
            **yarn(mscale=0.7, mscale_all_dim=0.9, truncate=False),
        },
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        *ROPE_REFUSED,
        *LAYER_TYPES_REFUSED,
        ONE_EXPERT,
        TOO_MANY_EXPERTS,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
        Refused("no_window_and_none_needed", "sliding_window", {"sliding_window": None}, start=ALL_FULL),
        Refused(
            "no_attention_bias",
            "attention_bias",
            {"attention_bias": False},
            tries=({"add_bias_linear": False},),
        ),
        Refused("other_gain", "swiglu_alpha", {"swiglu_alpha": 1.2}),
        Refused("no_limit", "swiglu_limit", {"swiglu_limit": 0.0}, unseen="both sides clamp at zero alike"),
    ),
    layout=GPT_OSS,
    rope=GPT_ROPE,
    shallow=NOTHING,
    swept={"num_hidden_layers": 2},
    hybrid=NOT_HYBRID,
    # Not YaRN, which the class has by default.
    small={**LOCAL_EXPERTS, "sliding_window": 5, **DEFAULT},
    invisible=AUXILIARY_LOSS,
    zero=ZERO,
    partly=({"layer_types": ["full_attention"] * 3},),
)
