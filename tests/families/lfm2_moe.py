"""LFM2 with experts, with attention in every layer."""

from __future__ import annotations

from tests.families.lfm import LFM
from tests.families.proof import ABSENT, NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPE_REFUSED, ROPES, yarn
from tests.families.shared import ATTENTION, EXPERTS, GENERAL, NO_HEAD_DIM, OTHER_SIZES, THREE_GROUPS

FULL, CONV = "full_attention", "conv"

PROOF = Proof(
    base={
        **{name: value for name, value in EXPERTS.items() if name != "rms_norm_eps"},
        "norm_eps": 0.02,
        "num_experts_per_tok": 1,
        "norm_topk_prob": False,
        "num_dense_layers": 1,
        "routed_scaling_factor": 2.5,
        "layer_types": [FULL] * 3,
    },
    cases={
        "default": {},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "layer_types": [FULL] * 2,
            "norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "untied": {"tie_word_embeddings": False},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "no_expert_bias": {"use_expert_bias": False},
        "no_scaling": {"routed_scaling_factor": 1.0},
        "no_dense_layers": {"num_dense_layers": 0},
        "all_dense_layers": {"num_dense_layers": 3},
        "more_dense_layers_than_layers": {"num_dense_layers": 7, "norm_topk_prob": True, "num_experts_per_tok": 4},
        "convolutions_unused": {"conv_bias": True, "conv_L_cache": 5},
        "combined": {
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "use_expert_bias": False,
            "num_dense_layers": 0,
            "num_experts": 5,
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        *ROPE_REFUSED,
        NO_HEAD_DIM,
        Refused("a_convolution", "layer_types", {"layer_types": [FULL, CONV, FULL]}),
        Refused("too_few_layer_types", "layer_types", {}, {"layer_types": [FULL]}),
        Refused(
            "two_experts",
            "norm_topk_prob",
            {"num_experts_per_tok": 2},
            tries=({"moe_router_topk": 2},),
        ),
        Refused("one_normalised", "norm_topk_prob", {"norm_topk_prob": True}),
        Refused(
            "too_many_experts",
            "num_experts_per_tok",
            {"num_experts_per_tok": 9},
            start={"num_dense_layers": 3},
            equal="no layer has experts, and none could have so many",
        ),
        Refused("no_scaling", "routed_scaling_factor", {"routed_scaling_factor": 0.0}),
    ),
    layout=LFM,
    rope=GPT_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["full_attention"]},
    swept=NOTHING,
    hybrid=NOT_HYBRID,
    values={"layer_types": ([FULL, CONV, FULL], [CONV] * 3, [FULL], [FULL] * 4, [], None)},
    spellings=frozenset({"dtype", "rope_parameters", "head_dim", "num_dense_layers"}),
    zero=frozenset({"initializer_range", "num_dense_layers"}),
)
