"""Lara Mini."""

from __future__ import annotations

from tests.families.delta_nets import SPLIT, TOLERANCE
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPE_REFUSED, ROPES, rope
from tests.families.routers import ATTENTION_BIAS, AUXILIARY_LOSS, ONE_NORMALISED, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import ATTENTION, EXPERTS, GENERAL, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED

MIXED = ["linear_attention", "sliding_attention", "full_attention"]
ATTENDING = {"layer_types": ["full_attention", "sliding_attention", "sliding_attention"]}

PROOF = Proof(
    base={
        **EXPERTS,
        "intermediate_size": ABSENT,
        "shared_expert_intermediate_size": 56,
        "linear_key_head_dim": 12,
        "linear_value_head_dim": 10,
        "linear_num_key_heads": 2,
        "linear_num_value_heads": 4,
        "sliding_window": 5,
        "layer_types": MIXED,
    },
    cases={
        "default": {},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "attention_alone": ATTENDING,
        "delta_net_alone": {"layer_types": ["linear_attention"] * 3},
        "delta_net_and_windows": {"layer_types": ["linear_attention", "sliding_attention", "sliding_attention"]},
        "delta_net_without_windows": {"layer_types": ["linear_attention", "full_attention", "full_attention"]},
        "window_nowhere": {"layer_types": ["full_attention"] * 3},
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "released_pattern": {"layer_types": None, "num_hidden_layers": 5},
        "window_of_one": {"sliding_window": 1},
        "three_taps": {"linear_conv_kernel_dim": 3},
        "a_value_head_for_each_key_head": {"linear_num_value_heads": 2},
        "one_key_head": {"linear_num_key_heads": 1},
        "wide_heads": {"linear_key_head_dim": 16, "linear_value_head_dim": 20},
        "gelu_without_delta_net": {**ATTENDING, "hidden_act": "gelu"},
        "swish": {"hidden_act": "swish"},
        **ATTENTION,
        **ROPES,
        "all_experts": {"num_experts_per_tok": 8},
        "not_normalised": {"norm_topk_prob": False},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "shared_expert": {"shared_expert_intermediate_size": 24},
        "other_sizes": {
            **OTHER_SIZES,
            "intermediate_size": ABSENT,
            "num_hidden_layers": 2,
            "layer_types": ["sliding_attention", "linear_attention"],
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "combined": {
            "layer_types": ["full_attention", "linear_attention", "sliding_attention"],
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "linear_conv_kernel_dim": 3,
            "linear_num_key_heads": 1,
            **rope("linear", factor=2.5),
            "norm_topk_prob": False,
            "sliding_window": 7,
        },
    },
    refused=(
        *GENERAL,
        # The class itself rejects these two when it is built.
        Refused("three_groups", "num_key_value_heads", {}, {"num_key_value_heads": 3}),
        Refused("broken_value_heads", "linear_num_value_heads", {}, {"linear_num_value_heads": 3}),
        *ROPE_REFUSED,
        *LAYER_TYPES_REFUSED,
        ATTENTION_BIAS,
        TOO_MANY_EXPERTS,
        ONE_NORMALISED,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("gelu", "hidden_act", {"hidden_act": "gelu"}, nearest=({}, {"hidden_act": "swish"})),
        Refused(
            "activation",
            "hidden_act",
            {"hidden_act": "tanh"},
            start=ATTENDING,
            nearest=({}, {"hidden_act": "gelu"}),
        ),
    ),
    layout=SPLIT,
    rope=GPT_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["sliding_attention"]},
    tolerance=TOLERANCE,
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values={
        "layer_types": (None, [], MIXED[::-1], ["linear_attention"] * 3, *([each] * 3 for each in MIXED[1:])),
        "intermediate_size": (96, 40),
    },
    zero=ZERO,
    partly=({"layer_types": ["full_attention"] * 3},),
)
