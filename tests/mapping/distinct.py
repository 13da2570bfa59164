"""A config of each family in which every number is another one, and what all of them become."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from megatron.core.activations import squared_relu
from torch.nn.functional import silu

from mcore_mappers import DeviationWarning
from tests.mapping.support import fields
from tests.support.hf import config, mapper

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A change to the small config of a family, and what must come of it."""

    family: str
    hf: Values
    expected: Values
    caller: Values = field(default_factory=dict[str, Any])
    after: Values = field(default_factory=dict[str, Any])
    """Attributes that are set once the config is built: the constructor would reject or derive them."""

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in {**self.hf, **self.after, **self.caller}.items())
        return f"{self.family}: {said[:80]}"


FLAGS = (
    *("use_cache", "output_hidden_states", "return_dict", "output_router_logits"),
    *("residual_in_fp32", "rescale_prenorm_residual", "use_mamba_kernels", "moe_shared_expert_overlap"),
)
"""What decides nothing, and can be mistaken for another flag that does."""


def huggingface(row: Row, *, flipped: bool = False) -> Any:
    """The Hugging Face config of a row.

    Args:
        row: of a table.
        flipped: say the opposite in every flag that decides nothing.
    """
    hf = config(row.family, **row.hf)
    flags = {name: not getattr(hf, name) for name in FLAGS if flipped and name not in row.hf and hasattr(hf, name)}
    for name, value in {**flags, **row.after}.items():
        setattr(hf, name, value)
    return hf


def megatron(row: Row, *, flipped: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields that the config becomes, and the deviations that were warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = mapper(row.family)(huggingface(row, flipped=flipped), **row.caller)
    warned = [each.message for each in caught if isinstance(each.message, DeviationWarning)]
    return fields(result), tuple(identifier for each in warned for identifier in each.deviations)


# --- Every number once ------------------------------------------------------------------------------------------------

LINEAR = {"rope_type": "linear", "rope_theta": 7001.0, "factor": 2.5}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 7001.0,
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
YARN = {"rope_type": "yarn", "rope_theta": 7001.0, "factor": 4.0, "original_max_position_embeddings": 32}
YARN_ALL = YARN | {"beta_fast": 20.0, "beta_slow": 2.0, "mscale": 0.7, "mscale_all_dim": 0.9}

DECODER: Values = {
    "vocab_size": 331,
    "hidden_size": 72,
    "intermediate_size": 100,
    "num_hidden_layers": 5,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "rms_norm_eps": 0.003,
    "max_position_embeddings": 141,
    "initializer_range": 0.017,
    "attention_dropout": 0.07,
    "dtype": "bfloat16",
}
DECODED: Values = {
    "vocab_size": 331,
    "hidden_size": 72,
    "ffn_hidden_size": 100,
    "num_layers": 5,
    "num_attention_heads": 6,
    "num_query_groups": 3,
    "layernorm_epsilon": 0.003,
    "seq_length": 141,
    "init_method_std": 0.017,
    "attention_dropout": 0.07,
    "hidden_dropout": 0.0,
    "should_pad_vocab": True,
    "params_dtype": torch.bfloat16,
    "pipeline_dtype": torch.bfloat16,
    "bf16": True,
    "fp16": False,
    "normalization": "RMSNorm",
    "gated_linear_unit": True,
    "activation_func": silu,
    "multi_latent_attention": False,
    "add_bias_linear": False,
    "position_embedding_type": "rope",
    "rotary_percent": 1.0,
    "share_embeddings_and_output_weights": False,
}
MLA: Values = {
    **DECODER,
    "num_key_value_heads": 6,
    "rms_norm_eps": 1e-6,
    "q_lora_rank": 22,
    "kv_lora_rank": 18,
    "qk_nope_head_dim": 14,
    "qk_rope_head_dim": 10,
    "v_head_dim": 13,
    "n_routed_experts": 16,
    "n_group": 4,
    "topk_group": 3,
    "num_experts_per_tok": 7,
    "moe_intermediate_size": 21,
    "n_shared_experts": 2,
    "routed_scaling_factor": 1.7,
    "first_k_dense_replace": 2,
    "num_mtp_layers": 1,
}
HYBRID: Values = {
    "vocab_size": 331,
    "hidden_size": 72,
    "intermediate_size": 100,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "head_dim": 14,
    "max_position_embeddings": 141,
    "initializer_range": 0.017,
    "attention_dropout": 0.07,
    "layer_norm_epsilon": 1e-5,
    "ssm_state_size": 17,
    "mamba_num_heads": 10,
    "mamba_head_dim": 11,
    "n_groups": 5,
    "n_routed_experts": 16,
    "n_group": 4,
    "topk_group": 3,
    "num_experts_per_tok": 7,
    "moe_intermediate_size": 21,
    "moe_shared_expert_intermediate_size": 23,
    "moe_latent_size": 19,
    "routed_scaling_factor": 1.7,
    "layers_block_type": ["linear_attention", "moe", "full_attention", "mlp", "linear_attention"],
    "mtp_layers_block_type": ["full_attention", "mlp"],
    "num_nextn_predict_layers": 1,
    "dtype": "bfloat16",
}

EVERYTHING: tuple[Row, ...] = (
    Row(
        "llama",
        {**DECODER, "head_dim": 20, "rope_parameters": LINEAR},
        {
            **DECODED,
            "kv_channels": 20,
            "rotary_base": 7001,
            "seq_len_interpolation_factor": 2.5,
            "rope_scaling": False,
            "rope_scaling_factor": 8.0,
            "num_moe_experts": None,
            "window_size": None,
            "qk_layernorm": False,
        },
    ),
    Row(
        "qwen3_moe",
        {
            **DECODER,
            "head_dim": 20,
            "rope_parameters": LINEAR,
            "num_experts": 9,
            "num_experts_per_tok": 4,
            "moe_intermediate_size": 21,
            "router_aux_loss_coef": 0.031,
        },
        {
            **DECODED,
            "kv_channels": 20,
            "rotary_base": 7001,
            "seq_len_interpolation_factor": 2.5,
            "rope_scaling": False,
            "qk_layernorm": True,
            "num_moe_experts": 9,
            "moe_router_topk": 4,
            "moe_ffn_hidden_size": 21,
            "moe_layer_freq": [1, 1, 1, 1, 1],
            "moe_router_pre_softmax": True,
            "moe_router_score_function": "softmax",
            "moe_router_dtype": "fp32",
            "moe_router_load_balancing_type": "aux_loss",
            "moe_aux_loss_coeff": 0.031,
            "window_size": None,
        },
    ),
    Row(
        "deepseek_v3",
        {**MLA, "rope_parameters": YARN_ALL},
        {
            **DECODED,
            "num_query_groups": 6,
            "kv_channels": 13,
            "layernorm_epsilon": 1e-6,
            "multi_latent_attention": True,
            "qk_layernorm": True,
            "q_lora_rank": 22,
            "kv_lora_rank": 18,
            "qk_head_dim": 14,
            "qk_pos_emb_head_dim": 10,
            "v_head_dim": 13,
            "rope_type": "yarn",
            "rotary_base": 7001,
            "rotary_scaling_factor": 4.0,
            "original_max_position_embeddings": 32,
            "beta_fast": 20.0,
            "beta_slow": 2.0,
            "mscale": 0.7,
            "mscale_all_dim": 0.9,
            "num_moe_experts": 16,
            "moe_router_num_groups": 4,
            "moe_router_group_topk": 3,
            "moe_router_topk": 7,
            "moe_ffn_hidden_size": 21,
            "moe_shared_expert_intermediate_size": 42,
            "moe_router_topk_scaling_factor": 1.7,
            "moe_layer_freq": [0, 0, 1, 1, 1],
            "moe_router_score_function": "sigmoid",
            "moe_router_enable_expert_bias": True,
            "moe_router_dtype": "fp32",
            "moe_router_load_balancing_type": "seq_aux_loss",
            "moe_aux_loss_coeff": 1e-4,
            "mtp_num_layers": 1,
        },
    ),
    Row(
        "nemotron_h",
        HYBRID,
        {
            **DECODED,
            "layernorm_epsilon": 1e-5,
            "gated_linear_unit": False,
            "activation_func": squared_relu,
            "position_embedding_type": "none",
            "kv_channels": 14,
            "is_hybrid_model": True,
            "hybrid_layer_pattern": "ME*-M/*-",
            "mtp_num_layers": 1,
            "mamba_state_dim": 17,
            "mamba_num_heads": 10,
            "mamba_head_dim": 11,
            "mamba_num_groups": 5,
            "num_moe_experts": 16,
            "moe_router_num_groups": 4,
            "moe_router_group_topk": 3,
            "moe_router_topk": 7,
            "moe_ffn_hidden_size": 21,
            "moe_shared_expert_intermediate_size": 23,
            "moe_latent_size": 19,
            "moe_router_topk_scaling_factor": 1.7,
            "moe_router_score_function": "sigmoid",
            "moe_router_enable_expert_bias": True,
            "moe_router_dtype": "fp32",
            "moe_router_load_balancing_type": "seq_aux_loss",
            "moe_aux_loss_coeff": 1e-4,
        },
    ),
)
