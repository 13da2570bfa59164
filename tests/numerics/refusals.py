"""What mappers refuse: for each family the one change that must be refused, and the nearest config that is accepted.

The evidence that a refusal is true is a difference between the Hugging Face model of the refused config and the
Megatron model of every nearest one. Where a setting of Megatron's comes close to what the refused config asks for, it
is tried too: it must not do either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.numerics.cases import FAMILIES
from tests.numerics.refused import ALL, NOTHING, REMOTE, ROPES, STALE, Refused
from tests.numerics.rope_refusals import ROPE_REFUSALS

SHARED: Sequence[Refused] = (
    Refused(
        "encoder_decoder",
        "is_encoder_decoder",
        {"is_encoder_decoder": True},
        equal="a decoder that says that it is half of something else: the other half is nowhere",
        families=ALL,
    ),
    Refused("not_causal", "is_causal", {"is_causal": False}, families=ALL),
    # Not what its absence means: transformers takes it for False.
    Refused("causal_unsaid", "is_causal", {"is_causal": None}, families=ALL),
    Refused(
        "dtype", "dtype", {"dtype": "float64"}, unseen="every comparison is in float32 by construction", families=ALL
    ),
    Refused(
        "per_layer",
        "per_layer_config",
        {"per_layer_config": {1: {"intermediate_size": 80}}},
        families=("llama", "deepseek_v3"),
    ),
    Refused("activation", "hidden_act", {"hidden_act": "tanh"}, nearest=({}, {"hidden_act": "gelu"}), families=ROPES),
    Refused(
        "attention_dropout_none",
        "attention_dropout",
        {"attention_dropout": None},
        families=("llama", "deepseek_v3"),
    ),
    Refused(
        "three_groups", "num_key_value_heads", {"num_key_value_heads": 3}, families=("llama", "qwen3_moe", "nemotron_h")
    ),
    Refused("no_groups", "num_key_value_heads", {}, {"num_key_value_heads": None}, families=("llama", "deepseek_v3")),
)


def required(*fields: str) -> Sequence[Refused]:
    """Fields that may be None by their type only."""
    return tuple(Refused(f"{name}_none", name, {name: None}) for name in fields)


def hard_wired(**keys: object) -> Sequence[Refused]:
    """Keys of remote code."""
    return tuple(Refused(name, name, {name: value}, equal=REMOTE) for name, value in keys.items())


# The router of DeepSeek-V3 and Nemotron-H.
ROUTER: Sequence[Refused] = (
    Refused(
        "too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}, start={"n_group": 1, "topk_group": 1}
    ),
    Refused("odd_groups", "n_group", {"n_group": 3}, start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4}),
    Refused(
        "groups_of_one", "n_group", {"n_group": 8}, start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4}
    ),
    Refused("more_groups_than_groups", "topk_group", {"topk_group": 5}, start={"n_group": 4, "topk_group": 4}),
    *(
        Refused(
            f"groups_ranked_by_{topk // groups}",
            "topk_group",
            {"num_experts_per_tok": topk, "topk_group": groups},
            start={"n_group": 4, "topk_group": 2, "num_experts_per_tok": 4},
            nearest=(NOTHING, {"num_experts_per_tok": topk, "topk_group": 4}),
            tries=({"moe_router_topk": topk, "moe_router_group_topk": groups},),
        )
        for topk, groups in ((3, 2), (3, 1))
    ),
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
        start={"num_experts_per_tok": 1, "n_group": 1, "topk_group": 1, "norm_topk_prob": False},
        tries=({"moe_router_pre_softmax": True},),
    ),
    Refused(
        "no_scaling",
        "routed_scaling_factor",
        {"routed_scaling_factor": 0.0},
        tries=({"moe_router_topk_scaling_factor": 0.0},),
    ),
)

OWN: Mapping[str, Sequence[Refused]] = {
    "llama": (
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
        Refused("no_head_dim", "head_dim", {}, {"head_dim": None}),
    ),
    "qwen3_moe": (
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
        Refused(
            "one_normalised",
            "norm_topk_prob",
            {"num_experts_per_tok": 1, "norm_topk_prob": True},
            nearest=({"num_experts_per_tok": 1},),
        ),
        Refused("window_of_none", "sliding_window", {"use_sliding_window": True, "sliding_window": 0}),
        Refused(
            "window_unused",
            "use_sliding_window",
            {},
            {"use_sliding_window": False},
            start={"use_sliding_window": True, "sliding_window": 5},
            equal=STALE,
        ),
        Refused("no_head_dim", "head_dim", {}, {"head_dim": None}),
        Refused("no_step", "decoder_sparse_step", {"decoder_sparse_step": 0}),
        Refused(
            "dense_layer_beyond",
            "mlp_only_layers",
            {"mlp_only_layers": [9]},
            equal="no such layer: the list was made for another model",
        ),
        *hard_wired(qkv_bias=True, use_qk_norm=False, shared_expert_intermediate_size=40),
    ),
    "deepseek_v3": (
        *ROUTER,
        Refused("no_query_latent", "q_lora_rank", {"q_lora_rank": None}, tries=({"q_lora_rank": None},)),
        *required("v_head_dim", "num_experts_per_tok", "n_group", "topk_group", "first_k_dense_replace"),
        Refused("groups", "num_key_value_heads", {"num_key_value_heads": 2}),
        Refused("head_dim", "head_dim", {"head_dim": 16}),
        *(
            Refused(
                f"rope_halves_{value}",
                "rope_interleave",
                {"rope_interleave": value},
                tries=({"rotary_interleaved": True},),
            )
            for value in (False, None)
        ),
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused(
            "epsilon",
            "rms_norm_eps",
            {"rms_norm_eps": 1e-2},
            nearest=({"rms_norm_eps": 1e-5},),
            tries=({"layernorm_epsilon": 1e-2},),
            beyond_bound="mla_latent_norm_eps",
        ),
        *hard_wired(scoring_func="softmax", topk_method="greedy", moe_layer_freq=2),
    ),
    "nemotron_h": (
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
}

REFUSALS: tuple[Refused, ...] = tuple(
    replace(row, family=family)
    for family in FAMILIES
    for row in (*(row for row in (*SHARED, *ROPE_REFUSALS) if family in row.families), *OWN.get(family, ()))
)
