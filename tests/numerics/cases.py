"""The cases: for each family one tiny config, and what each case changes in it.

Numbers are odd on purpose, so that a confusion shows: a head width that is not hidden_size / heads, a vocabulary that
needs padding, an epsilon large enough to matter, a number of layers that does not pair up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from transformers import AutoConfig, PreTrainedConfig

Keywords = Mapping[str, Any]

# As a value: leave this key of the base config out.
ABSENT = object()


@dataclass(frozen=True)
class Case:
    """One Hugging Face config, and how close the two models must come."""

    family: str
    name: str
    keywords: Keywords
    mapper: Literal["to_megatron", "to_megatron_hybrid"] = "to_megatron"
    tolerance: float = 3e-5

    def config(self) -> PreTrainedConfig:
        return AutoConfig.for_model(self.family, **self.keywords)

    def __str__(self) -> str:
        suffix = "-hybrid" if self.mapper == "to_megatron_hybrid" else ""
        return f"{self.family}{suffix}-{self.name}"


@dataclass(frozen=True)
class Family:
    """A base config, and by case name what is different in it."""

    base: Keywords
    cases: Mapping[str, Keywords]
    tolerance: float = 3e-5


def rope(rope_type: str, **keys: Any) -> Keywords:
    return {"rope_parameters": {"rope_type": rope_type, "rope_theta": 700.0, **keys}}


def llama3(factor: float) -> Keywords:
    constants = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
    return {"max_position_embeddings": 20000, **rope("llama3", factor=factor, **constants)}


def yarn(**keys: Any) -> Keywords:
    return rope("yarn", **{"factor": 4.0, "original_max_position_embeddings": 32, **keys})


# --- Bases ------------------------------------------------------------------------------------------------------------

DECODER: Keywords = {
    "vocab_size": 131,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 24,
    "rms_norm_eps": 0.02,
    "max_position_embeddings": 128,
}
OTHER_SIZES: Keywords = {
    "vocab_size": 97,
    "hidden_size": 48,
    "intermediate_size": 72,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "head_dim": 8,
    "max_position_embeddings": 256,
}
EXPERTS: Keywords = {**DECODER, "num_experts": 8, "num_experts_per_tok": 3, "moe_intermediate_size": 40}

# --- What many families share -----------------------------------------------------------------------------------------

ROPES: Mapping[str, Keywords] = {
    "rope_theta": rope("default"),
    "rope_linear": rope("linear", factor=2.5),
    "rope_linear_factor": rope("linear", factor=7),
    "rope_llama3": llama3(8.0),
    "rope_llama3_factor": llama3(32.0),
    "rope_yarn": yarn(),
    "rope_yarn_length": yarn(original_max_position_embeddings=16),
    "rope_yarn_betas": yarn(beta_fast=2.5, beta_slow=0.3),
    "rope_yarn_zero_betas": yarn(beta_fast=0, beta_slow=0),
    "rope_yarn_no_truncation": yarn(truncate=False, beta_fast=2.5, beta_slow=0.3),
    "rope_yarn_mscales": yarn(mscale=0.7, mscale_all_dim=0.9),
    "rope_yarn_mscale_alone": yarn(mscale=0.7),
    "rope_yarn_mscale_all_dim_alone": yarn(mscale_all_dim=0.7),
    "rope_yarn_mscale_zero": yarn(mscale=0.0, mscale_all_dim=0.7),
    "rope_yarn_attention_factor": yarn(attention_factor=1.3),
    "rope_yarn_attention_factor_small": yarn(attention_factor=0.6, mscale=0.3, mscale_all_dim=0.9),
    "rope_yarn_factor_one": yarn(factor=1.0),
}
ATTENTION: Mapping[str, Keywords] = {
    "one_group": {"num_key_value_heads": 1},
    "no_groups": {"num_key_value_heads": 4},
    "tied": {"tie_word_embeddings": True},
}
ACTIVATIONS: Mapping[str, Keywords] = {
    name: {"hidden_act": name} for name in ("gelu", "gelu_pytorch_tanh", "relu2", "relu")
}

# --- Families ---------------------------------------------------------------------------------------------------------

FAMILIES: Mapping[str, Family] = {
    "llama": Family(
        DECODER,
        {
            "default": {},
            "head_dim_derived": {"head_dim": None},
            "groups_derived": {"num_key_value_heads": None},
            "biases": {"attention_bias": True, "mlp_bias": True},
            "padding_token": {"pad_token_id": 5},
            "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
            "spelt_out": {"is_causal": True},
            "rope_yarn_factor_derived": yarn(factor=None),
            "combined": {
                "attention_bias": True,
                "mlp_bias": True,
                "tie_word_embeddings": True,
                "num_key_value_heads": 1,
                "hidden_act": "gelu",
                **yarn(mscale=0.7, mscale_all_dim=0.9),
            },
            **ATTENTION,
            **ROPES,
            **ACTIVATIONS,
        },
    ),
    "qwen3_moe": Family(
        EXPERTS,
        {
            "default": {},
            "normalised": {"norm_topk_prob": True},
            "one_expert": {"num_experts_per_tok": 1},
            "all_experts": {"num_experts_per_tok": 8, "norm_topk_prob": True},
            "dense_layers": {"mlp_only_layers": [1]},
            "all_dense_layers": {"mlp_only_layers": [0, 1, 2]},
            "sparse_step": {"decoder_sparse_step": 2},
            "sparse_step_and_dense_layers": {"decoder_sparse_step": 2, "mlp_only_layers": [3], "num_hidden_layers": 5},
            "window": {"use_sliding_window": True, "sliding_window": 5},
            "window_of_one": {"use_sliding_window": True, "sliding_window": 1},
            "window_unused": {"use_sliding_window": False, "sliding_window": 5},
            "other_sizes": {
                **OTHER_SIZES,
                "num_hidden_layers": 2,
                "rms_norm_eps": 1e-5,
                "num_experts": 6,
                "moe_intermediate_size": 24,
            },
            "spelt_out": {
                "is_causal": True,
                "qkv_bias": False,
                "use_qk_norm": True,
                "shared_expert_intermediate_size": 0,
            },
            "head_dim_undeclared": {"head_dim": ABSENT},
            "combined": {
                "use_sliding_window": True,
                "sliding_window": 5,
                "norm_topk_prob": True,
                "tie_word_embeddings": True,
                "mlp_only_layers": [1],
                "pad_token_id": 3,
                **rope("linear", factor=2.5),
            },
            "gelu": {"hidden_act": "gelu"},
            **ATTENTION,
            **ROPES,
        },
    ),
    "deepseek_v3": Family(
        {
            "vocab_size": 131,
            "hidden_size": 64,
            "intermediate_size": 96,
            "moe_intermediate_size": 40,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "n_routed_experts": 8,
            "n_shared_experts": 1,
            "num_experts_per_tok": 4,
            "n_group": 4,
            "topk_group": 2,
            "routed_scaling_factor": 2.5,
            "first_k_dense_replace": 1,
            "q_lora_rank": 40,
            "kv_lora_rank": 32,
            "qk_nope_head_dim": 24,
            "qk_rope_head_dim": 8,
            "v_head_dim": 20,
            "rms_norm_eps": 1e-6,
            "max_position_embeddings": 128,
        },
        {
            "default": {},
            "epsilon": {"rms_norm_eps": 1e-5},
            "no_dense_layers": {"first_k_dense_replace": 0},
            "all_dense_layers": {"first_k_dense_replace": 3},
            "more_dense_layers_than_layers": {"first_k_dense_replace": 7},
            "two_shared_experts": {"n_shared_experts": 2},
            "all_groups": {"topk_group": 4},
            "one_group_of_experts": {"n_group": 1, "topk_group": 1},
            "five_experts": {"num_experts_per_tok": 5},
            "three_groups": {"num_experts_per_tok": 6, "topk_group": 3},
            "one_expert": {"num_experts_per_tok": 1, "n_group": 1, "topk_group": 1, "norm_topk_prob": False},
            "other_sizes": {
                "vocab_size": 97,
                "hidden_size": 48,
                "intermediate_size": 72,
                "moe_intermediate_size": 24,
                "num_hidden_layers": 2,
                "num_attention_heads": 3,
                "num_key_value_heads": 3,
                "n_routed_experts": 6,
                "n_group": 3,
                "topk_group": 2,
                "q_lora_rank": 20,
                "kv_lora_rank": 12,
                "qk_nope_head_dim": 10,
                "qk_rope_head_dim": 6,
                "v_head_dim": 14,
                "max_position_embeddings": 256,
            },
            "spelt_out": {
                "is_causal": True,
                "scoring_func": "sigmoid",
                "topk_method": "noaux_tc",
                "moe_layer_freq": 1,
            },
            "no_scaling": {"routed_scaling_factor": 1.0},
            "combined": {
                "n_shared_experts": 2,
                "tie_word_embeddings": True,
                "topk_group": 4,
                "num_experts_per_tok": 5,
                "rms_norm_eps": 1e-5,
                **yarn(attention_factor=1.3, mscale_all_dim=0.9),
            },
            "tied": {"tie_word_embeddings": True},
            "gelu": {"hidden_act": "gelu"},
            "rope_theta": rope("default"),
            "rope_yarn": yarn(mscale=1.0, mscale_all_dim=1.0),
            "rope_yarn_mscales": yarn(mscale=0.7, mscale_all_dim=0.9),
            "rope_yarn_no_mscales": yarn(),
            "rope_yarn_length": yarn(original_max_position_embeddings=16),
            "rope_yarn_mscale_alone": yarn(mscale=0.7),
            "rope_yarn_mscale_all_dim_alone": yarn(mscale_all_dim=0.9),
            "rope_yarn_mscale_zero": yarn(mscale=0.0, mscale_all_dim=0.9),
            "rope_yarn_attention_factor": yarn(attention_factor=1.3, mscale_all_dim=0.9),
            "rope_yarn_betas": yarn(mscale=1.0, mscale_all_dim=1.0, beta_fast=2.5, beta_slow=0.3),
            "rope_yarn_factor_one": yarn(factor=1.0, mscale=0.7, mscale_all_dim=0.9),
        },
    ),
    "nemotron_h": Family(
        {
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
        {
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
    ),
}

# Families that are also mapped to a hybrid model, with the cases that are not repeated there: no llama3 rope.
HYBRID_TWINS: Mapping[str, frozenset[str]] = {}

CASES: tuple[Case, ...] = tuple(
    Case(
        family,
        name,
        {key: value for key, value in {**table.base, **changes}.items() if value is not ABSENT},
        mapper,
        table.tolerance,
    )
    for family, table in FAMILIES.items()
    for name, changes in table.cases.items()
    for mapper in ("to_megatron", "to_megatron_hybrid")
    if mapper == "to_megatron" or (family in HYBRID_TWINS and name not in HYBRID_TWINS[family])
)
