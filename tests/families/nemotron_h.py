"""Nemotron-H: layers of four kinds, in any order."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.shared import GENERAL, OTHER_SIZES, REMOTE, ROUTER, THREE_GROUPS
from tests.numerics.layouts import NEMOTRON_H

_BLOCKS = (
    ["linear_attention"],
    ["mlp", "moe", "linear_attention", "full_attention", "moe"],
    ["full_attention", "mlp"],
    ["linear_attention", "mlp", "mlp", "linear_attention"],
    [],
    ["sliding_attention"],
    None,
)

PROOF = Proof(
    base={
        "vocab_size": 131,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 24,
        "ssm_state_size": 16,
        "mamba_num_heads": 6,
        "mamba_head_dim": 12,
        "n_groups": 2,
        "layer_norm_epsilon": 1e-5,
        "moe_intermediate_size": 40,
        "moe_shared_expert_intermediate_size": 48,
        "n_routed_experts": 8,
        "num_experts_per_tok": 3,
        "max_position_embeddings": 128,
        "hybrid_override_pattern": "M-M*E",
    },
    cases={
        "default": {},
        "no_experts": {"hybrid_override_pattern": "M-M-*-M"},
        "only_mamba": {"hybrid_override_pattern": "MMM"},
        "no_mamba": {"hybrid_override_pattern": "*-*E"},
        "epsilon_without_mamba": {"hybrid_override_pattern": "*-*E", "layer_norm_epsilon": 0.02},
        "attention_last": {"hybrid_override_pattern": "EM-*"},
        "one_mamba_group": {"n_groups": 1},
        "three_mamba_groups": {"n_groups": 3},
        # Few channels in a group would only amplify rounding: its norm may divide by next to nothing.
        "mamba_group_per_head": {"n_groups": 3, "mamba_num_heads": 3, "mamba_head_dim": 32},
        "chunk_size": {"chunk_size": 16},
        "other_sizes": {
            **OTHER_SIZES,
            "ssm_state_size": 8,
            "mamba_num_heads": 4,
            "mamba_head_dim": 10,
            "moe_intermediate_size": 24,
            "moe_shared_expert_intermediate_size": 28,
            "n_routed_experts": 6,
        },
        "spelt_out": {"is_causal": True},
        "latent_experts": {"moe_latent_size": 20},
        "combined": {
            "hybrid_override_pattern": "EM*M-E",
            "chunk_size": 8,
            "moe_latent_size": 20,
            "n_group": 4,
            "topk_group": 2,
            "num_experts_per_tok": 4,
            "routed_scaling_factor": 2.5,
            "n_groups": 3,
            "mlp_hidden_act": "silu",
            "num_nextn_predict_layers": 1,
        },
        "expert_groups": {"num_experts_per_tok": 4, "n_group": 4, "topk_group": 2},
        "all_expert_groups": {"n_group": 4, "topk_group": 4},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "scaling": {"routed_scaling_factor": 2.5},
        "two_shared_experts": {"n_shared_experts": 2},
        "mlp_bias": {"mlp_bias": True, "hybrid_override_pattern": "M-M-"},
        "silu": {"mlp_hidden_act": "silu"},
        "gelu": {"mlp_hidden_act": "gelu"},
        "no_groups": {"num_key_value_heads": 4},
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        *ROUTER,
        Refused("attention_bias", "attention_bias", {"attention_bias": True}, equal=REMOTE),
        Refused("mamba_proj_bias", "mamba_proj_bias", {"mamba_proj_bias": True}, equal=REMOTE),
        Refused("tied", "tie_word_embeddings", {"tie_word_embeddings": True}, equal=REMOTE),
        Refused("three_taps", "conv_kernel", {"conv_kernel": 3}),
        Refused("no_conv_bias", "use_conv_bias", {"use_conv_bias": False}),
        Refused("projection_bias", "use_bias", {"use_bias": True}, tries=({"add_bias_linear": True},)),
        Refused("mamba_activation", "mamba_hidden_act", {"mamba_hidden_act": "gelu"}),
        Refused("epsilon", "layer_norm_epsilon", {"layer_norm_epsilon": 0.02}, tries=({"layernorm_epsilon": 0.02},)),
        Refused("no_chunks", "chunk_size", {"chunk_size": 0}),
        Refused("odd_mamba_groups", "n_groups", {"n_groups": 4}),
        *(
            Refused(
                f"mlp_bias_{pattern}",
                "mlp_bias",
                {"mlp_bias": True},
                start={"hybrid_override_pattern": pattern},
                tries=({"add_bias_linear": True},),
            )
            for pattern in ("*-", "-E")
        ),
        Refused(
            "long_steps",
            "time_step_min",
            {"time_step_min": 0.3, "time_step_max": 0.5},
            beyond_bound="mamba_dt_clamp",
        ),
        Refused("no_latent", "moe_latent_size", {"moe_latent_size": 0}, tries=({"moe_latent_size": 0},)),
        Refused(
            "no_shared_expert",
            "moe_shared_expert_intermediate_size",
            {"moe_shared_expert_intermediate_size": 0},
            nearest=({"moe_shared_expert_intermediate_size": 96},),
            equal="transformers takes intermediate_size for 0, which can be said; whoever wrote 0 meant none",
        ),
        Refused("activation", "mlp_hidden_act", {"mlp_hidden_act": "tanh"}, nearest=({}, {"mlp_hidden_act": "gelu"})),
    ),
    layout=NEMOTRON_H,
    rope=None,
    small={
        "vocab_size": 320,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
        "head_dim": 16,
        "n_routed_experts": 8,
        "moe_intermediate_size": 32,
        "num_experts_per_tok": 2,
        "moe_shared_expert_intermediate_size": 32,
        "mamba_num_heads": 8,
        "mamba_head_dim": 16,
        "n_groups": 2,
        "ssm_state_size": 16,
        "layers_block_type": ["linear_attention", "moe", "full_attention", "mlp"],
    },
    invisible=dict.fromkeys(
        ("num_nextn_predict_layers", "mtp_layers_block_type"), "transformers builds no such layers"
    ),
    values={
        "mamba_ssm_cache_dtype": ("float16", "bfloat16"),
        "layers_block_type": _BLOCKS,
        "mtp_layers_block_type": (["full_attention"], ["moe", "mlp"], [], None),
        "hybrid_override_pattern": ("M", "E*-M*", "M-", "", "M+"),
        "mtp_hybrid_override_pattern": ("*", "E-", ""),
        "time_step_limit": ((0.0, 0.5), [0.3, 0.5], (0.0, 0.0)),
    },
    equal={
        "mlp_hidden_act": "some functions have several names",
        "mamba_hidden_act": "some functions have several names",
        "chunk_size": "sums are taken in pieces of any size",
        "mtp_layers_block_type": "there are no such layers while num_nextn_predict_layers is 0",
    },
    views=dict.fromkeys(
        ("hybrid_override_pattern", "mtp_hybrid_override_pattern"),
        "a read-only view of another field, which it sets as a keyword",
    ),
    # Multi-token prediction that Megatron cannot build beside these layers is left to the caller, and so not there.
    spellings=frozenset({"dtype", "mlp_hidden_act", "num_nextn_predict_layers"}),
    # Without experts and Mamba layers.
    partly=(
        {"layers_block_type": ["full_attention", "mlp"]},
        {"layers_block_type": ["full_attention", "mlp"], "n_group": 2},
    ),
    zero=frozenset({"initializer_range", "attention_dropout", "num_nextn_predict_layers", "time_step_min"}),
    none=frozenset({"dtype", "moe_latent_size"}),
)
