"""Tiny models with layers."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

import torch
from megatron.core.inference.contexts import StaticInferenceContext
from megatron.core.packed_seq_params import PackedSeqParams
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
# Sigmoid scores, of which `NOT_NORMALISED` makes weights.
SIGMOID: Mapping[str, Any] = {
    **EXPERTS,
    "num_moe_experts": 8,
    "moe_router_topk": 3,
    "moe_router_score_function": "sigmoid",
    "moe_router_enable_expert_bias": True,
    # A step of training would move the biases.
    "moe_router_bias_update_rate": 0.0,
    "moe_router_topk_scaling_factor": 1.5,
}
NOT_NORMALISED = Layers(moe_router_norm_topk_prob=False)
# As Phi-3.5-MoE has it, but for how close an expert must come.
SPARSE_MIXER = Layers(moe_router_sparse_mixer=True, moe_router_sparse_mixer_eps=0.3)
MIXED: Mapping[str, Any] = {**EXPERTS, "num_moe_experts": 8, "moe_router_pre_softmax": True}
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
# As OLMo 3 has them, and more.
OWN_ROPES = dataclasses.replace(ONLY_AFTER, rotary_base_by_layer=(500.0, None, 90.0))
# As Hunyuan has it.
AFTER_ROPE = Layers(qk_layernorm_after_rope=True)
# As GPT-NeoX has it.
PARALLEL = Layers(parallel_mlp=True)
# As Command R+ has it, of models with `LAYER_NORM`.
SHARED = Layers(parallel_mlp=True, shared_layernorm=True, layernorm_bias=False, qk_layernorm_by_head=True)
LAYER_NORM: Mapping[str, Any] = {"normalization": "LayerNorm"}
# Of texts that are longer than those of these models, and of shorter ones.
LONG_ROPE: Mapping[str, Any] = {
    "rope_short_factor": tuple(1.0 + 0.1 * pair for pair in range(8)),
    "rope_long_factor": tuple(1.5 + pair for pair in range(8)),
    "rope_original_max_position_embeddings": LENGTH - 1,
    "rope_attention_factor": 1.2,
}
# As MiniCPM3 has it.
LATENT_LONG_ROPE = Layers(
    mla_rotary_interleaved=False,
    rope_short_factor=(1.0, 1.5, 2.5, 6.0),
    rope_long_factor=(1.0, 1.5, 2.5, 6.0),
    rope_original_max_position_embeddings=LENGTH - 1,
)
LONG_TEXTS = dataclasses.replace(ONLY_AFTER, **LONG_ROPE)
# As Phi has it.
BIASED = Layers(parallel_mlp=True, shared_layernorm=True, output_layer_bias=True)
# As Qwen3 can have it, and GPT-Neo.
BIASED_OUTPUT = Layers(add_proj_bias=True)
BIASED_BUT_QKV = Layers(qkv_bias=False)
# As Moonlight has it.
PLAIN_QUERIES = Layers(q_layernorm=False)
# As MiniCPM3 has it.
ROPE_HALVES = Layers(mla_rotary_interleaved=False)
# As Gemma 2 has them, so low that tiny models reach them; with norms of queries and keys.
CAPPED = Layers(
    attn_logit_softcapping=1.5, final_logit_softcapping=2.0, post_attention_layernorm=True, post_mlp_layernorm=True
)
# In every layer but the first.
WINDOW: Mapping[str, Any] = {"window_size": (4, 0), "window_attn_skip_freq": [0, 1, 1]}
# As Llama 4 has them, in some layers each.
GROWTH: Mapping[str, Any] = {
    "query_temperature_scale": 0.7,
    "query_temperature_length": 3.0,
    "query_temperature_start": 1,
    "query_temperature_freq": (0, 1, 1),
}
CHUNKS: Mapping[str, Any] = {"attention_chunk_size": 5, "attention_chunk_freq": (1, 1, 0)}
L2_NORM: Mapping[str, Any] = {"qk_l2_norm": True, "qk_layernorm": False}
CHUNKED = Layers(**GROWTH, **CHUNKS)
SOME_NORMS = Layers(qk_l2_norm_freq=(1, 0, 1))
# As MiMo V2 Flash has them, of models with `SINKS`.
OWN_HEADS = Layers(num_query_groups_by_layer=(2, 4, 2), softmax_offset_freq=(0, 1, 0))
OWN_VALUES = Layers(v_channels=6, attention_value_scale=0.7)
FLASH = dataclasses.replace(OWN_HEADS, v_channels=6, attention_value_scale=0.7)
# As Step-3.5 has them.
HEAD_GATES = Layers(attention_output_gate_by_head=True)
OWN_QUERIES = Layers(attention_output_gate_by_head=True, num_attention_heads_by_layer=(4, 6, 4))
OWN_PARTS = Layers(rotary_base_by_layer=(500.0, None, 90.0), rotary_percent_by_layer=(0.5, None, None))
# So low that tiny models reach them; of models with `SHARED_EXPERTS`.
CLAMPED = Layers(mlp_glu_clamp_by_layer=(0.05, None, 0.04), moe_expert_glu_clamp_by_layer=(None, 0.03, None))
SHARED_EXPERTS: Mapping[str, Any] = {**EXPERTS, "moe_shared_expert_intermediate_size": 24}
SINKS: Mapping[str, Any] = {"softmax_type": "learnable"}
ROUNDING: Mapping[str, float] = {"rtol": 1e-4, "atol": 1e-5}
"""How far apart logits of single precision are whose sums are made in another order."""
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
# As most models with latent attention have it.
LATENT_QUERIES: Mapping[str, Any] = {**LATENT, "q_lora_rank": 20}


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


def outputs_of_layers(model: Any) -> list[torch.Tensor]:
    """What each layer gives, when the model runs."""
    found: list[torch.Tensor] = []
    for layer in model.decoder.layers:
        layer.register_forward_hook(lambda layer, inputs, output: found.append(output[0]))
    logits(model)
    return found


def cached(attention: Any) -> Any:
    """The static cache of a self-attention by which it gives of the last of six tokens what it gives of all at once."""
    states = torch.randn(6, 2, 48, generator=torch.Generator().manual_seed(1))
    whole, _ = attention(states, torch.ones(1, 1, 6, 6, dtype=torch.bool).triu(1))
    context: Any = StaticInferenceContext(max_batch_size=2, max_sequence_length=8)
    first, _ = attention(states[:5], torch.ones(1, 1, 5, 5, dtype=torch.bool).triu(1), inference_context=context)
    context.increment_sequence_len_offset(5)
    last, _ = attention(states[5:], torch.zeros(1, 1, 1, 6, dtype=torch.bool), inference_context=context)
    torch.testing.assert_close(torch.cat((first, last)), whole)
    return context


def packed(*lengths: int, padded: tuple[int, ...] = ()) -> PackedSeqParams:
    def bounds(sizes: tuple[int, ...]) -> Any:
        return torch.tensor([0, *sizes], dtype=torch.int32).cumsum(0, dtype=torch.int32)

    params: Any = PackedSeqParams
    result: PackedSeqParams = params(
        qkv_format="thd",
        cu_seqlens_q=bounds(lengths),
        cu_seqlens_kv=bounds(lengths),
        cu_seqlens_q_padded=bounds(padded) if padded else None,
        cu_seqlens_kv_padded=bounds(padded) if padded else None,
        max_seqlen_q=max(padded or lengths),
        max_seqlen_kv=max(padded or lengths),
    )
    return result
