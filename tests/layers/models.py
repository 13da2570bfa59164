"""Tiny models with layers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.training.models.gpt import GPTModelConfig

from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from tests.numerics.runtime import CPU_FIELDS

VOCABULARY = 96
LENGTH = 12

INNER: Mapping[str, Any] = {
    **CPU_FIELDS,
    "num_layers": 3,
    "hidden_size": 48,
    "num_attention_heads": 4,
    "num_query_groups": 2,
    "kv_channels": 16,
    "ffn_hidden_size": 64,
    "normalization": "RMSNorm",
    "layernorm_epsilon": 0.01,
    "qk_layernorm": True,
    "hidden_dropout": 0.0,
    "attention_dropout": 0.0,
    "perform_initialization": True,
    # As much as makes attention prefer some tokens.
    "init_method_std": 0.15,
    "gated_linear_unit": True,
    "activation_func": torch.nn.functional.silu,
    "add_bias_linear": False,
}
OUTER: Mapping[str, Any] = {
    "vocab_size": VOCABULARY,
    "seq_length": LENGTH,
    "position_embedding_type": "rope",
    # The same in one process and in two.
    "make_vocab_size_divisible_by": 4,
}
EXPERTS: Mapping[str, Any] = {
    "num_moe_experts": 4,
    "moe_layer_freq": [0, 1, 1],
    "moe_ffn_hidden_size": 32,
    "moe_router_topk": 2,
    "moe_router_load_balancing_type": "none",
}
# Of which `ROUTER` chooses.
GROUPED: Mapping[str, Any] = {
    **EXPERTS,
    "num_moe_experts": 8,
    "moe_router_topk": 4,
    "moe_router_num_groups": 4,
    "moe_router_group_topk": 2,
    "moe_router_pre_softmax": True,
    "moe_router_topk_scaling_factor": 1.5,
}
# All that layers say of routers.
ROUTER: Mapping[str, Any] = {
    "moe_router_softmax_expert_bias": True,
    "moe_router_norm_min": 0.1,
    "moe_router_group_score_topk": 1,
}
MAMBA: Mapping[str, Any] = {
    **EXPERTS,
    "moe_layer_freq": 1,
    "is_hybrid_model": True,
    "mamba_num_heads": 4,
    "mamba_head_dim": 16,
    "mamba_state_dim": 16,
    "mamba_num_groups": 2,
}
PATTERN = "M*-E"

# As OLMo 2 has them.
ONLY_AFTER = Layers(
    qk_layernorm_over_heads=True,
    input_layernorm=False,
    pre_mlp_layernorm=False,
    post_attention_layernorm=True,
    post_mlp_layernorm=True,
)
# As HyperCLOVA X has them, and more.
EVERYWHERE = Layers(
    qk_layernorm_over_heads=True, post_attention_layernorm=True, post_mlp_layernorm=True, residual_multiplier=0.3
)
# As Hunyuan has it.
AFTER_ROPE = Layers(qk_layernorm_after_rope=True)
# As Qwen3 can have it, and GPT-Neo.
BIASED_OUTPUT = Layers(add_proj_bias=True)
BIASED_BUT_QKV = Layers(qkv_bias=False)
# As Moonlight has it.
PLAIN_QUERIES = Layers(q_layernorm=False)
LATENT: Mapping[str, Any] = {
    "multi_latent_attention": True,
    "num_query_groups": 4,
    "kv_channels": 20,
    "q_lora_rank": None,
    "kv_lora_rank": 24,
    "qk_head_dim": 16,
    "qk_pos_emb_head_dim": 8,
    "v_head_dim": 20,
    "rope_type": "rope",
    "rotary_scaling_factor": 1.0,
}


def inner(**changes: Any) -> TransformerConfig:
    cls = MLATransformerConfig if changes.get("multi_latent_attention") else TransformerConfig
    return cls(**{**INNER, **changes})


def gpt(layers: Layers, outer: Mapping[str, Any] | None = None, **changes: Any) -> LayeredGPTModelConfig:
    return LayeredGPTModelConfig(transformer=inner(**changes), layers=layers, **{**OUTER, **(outer or {})})


def hybrid(layers: Layers, outer: Mapping[str, Any] | None = None, **changes: Any) -> LayeredHybridModelConfig:
    transformer = inner(**{**MAMBA, "num_layers": len(PATTERN), **changes})
    fields: dict[str, Any] = {**OUTER, "hybrid_layer_pattern": PATTERN, **(outer or {})}
    return LayeredHybridModelConfig(transformer=transformer, layers=layers, **fields)


def stock(**changes: Any) -> GPTModelConfig:
    return GPTModelConfig(transformer=inner(**changes), **OUTER)


def built(config: Any, seed: int = 1) -> Any:
    """The model, by Megatron's builder and with its initial weights, by the seed."""
    torch.manual_seed(seed)
    # Where Megatron tells Transformer Engine its attention backend, and the next model finds it.
    for name in ("NVTE_FLASH_ATTN", "NVTE_FUSED_ATTN", "NVTE_UNFUSED_ATTN"):
        os.environ.pop(name, None)
    return config.get_builder_cls()(config).build_model(ProcessGroupCollection.use_mpu_process_groups())


@torch.no_grad()
def shaken(model: Any, seed: int = 2) -> Any:
    """The model, with no norm at one and no bias at zero."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        if parameter.dim() == 1:
            parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.3)
    return model


@torch.no_grad()
def biased(model: Any, seed: int = 4) -> Any:
    """The model, with no expert as likely as another of the same score."""
    generator = torch.Generator().manual_seed(seed)
    for name, buffer in model.named_buffers():
        if name.endswith("expert_bias"):
            buffer.copy_(torch.randn(buffer.shape, generator=generator) * 0.3)
    return model


def tokens(batch: int = 2, seed: int = 3) -> torch.Tensor:
    return torch.randint(0, VOCABULARY, (batch, LENGTH), generator=torch.Generator().manual_seed(seed))


def logits(model: Any, ids: torch.Tensor | None = None) -> torch.Tensor:
    ids = tokens() if ids is None else ids
    result: torch.Tensor = model(ids, torch.arange(ids.shape[1]).expand_as(ids), None)
    return result
