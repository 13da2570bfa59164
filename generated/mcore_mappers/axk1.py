"""AXK1Config to Megatron: A.X K1 without experts; the published one has them."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.axk1.configuration_axk1 import AXK1Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_types

from ._parts import attention, decoder, experts, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields


def _layers(rope_interleave: bool) -> Layers:
    return Layers(mla_rotary_interleaved=rope_interleave)


def to_megatron(
    hf: AXK1Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("axk1", AXK1Config, hf, caller, GPTMLAFields, strict=strict, layers=layers)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope_interleave = check.given("rope_interleave", hf.rope_interleave)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(rope_interleave))(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTModelFields, GPTModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: AXK1Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("axk1", AXK1Config, hf, caller, HybridMLAFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "+" * hf.num_hidden_layers
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope_interleave = check.given("rope_interleave", hf.rope_interleave)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(rope_interleave))(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(
            HybridModelFields, HybridModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)
        ),
    )


# Not read, because it does not decide what the model computes:
# - moe_intermediate_size, n_group, n_routed_experts, n_shared_experts, norm_topk_prob,
#   num_experts_per_tok, routed_scaling_factor, topk_group: metadata or inference: belongs to experts,
#   which no layer has


def _transformer(
    check: Check,
    hf: AXK1Config,
    rope: MLARope,
    caller: GPTMLAFields | HybridMLAFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> MLATransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.latent(check, hf)
    attention.undeclared_rope_dim(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.rope_interleave(check, hf)
    check.require(
        hf.mlp_layer_types == ["dense"] * hf.num_hidden_layers,
        "mlp_layer_types",
        hf.mlp_layer_types,
        "must be 'dense' for every layer: experts of the class have a norm after them, before the residual, "
        "and Megatron's have none",
    )
    decoder.causal_mask(check)
    check.finish()
    settings: MLATransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            position_embedding_type="rope",
            multi_latent_attention=True,
        ),
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(MLATransformerFields, caller),
    }
    return MLATransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.v_head_dim,
        multi_latent_attention=True,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        q_lora_rank=hf.q_lora_rank,
        kv_lora_rank=hf.kv_lora_rank,
        qk_head_dim=hf.qk_nope_head_dim,
        qk_pos_emb_head_dim=hf.qk_rope_head_dim,
        v_head_dim=hf.v_head_dim,
        rope_type=rope.rope_type,
        rotary_scaling_factor=rope.rotary_scaling_factor,
        original_max_position_embeddings=rope.original_max_position_embeddings,
        beta_fast=rope.beta_fast,
        beta_slow=rope.beta_slow,
        mscale=rope.mscale,
        mscale_all_dim=rope.mscale_all_dim,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: AXK1Config | None = None) -> AXK1Config:
    """The AXK1Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "axk1")
    layers = layers_of(model)
    return {
        **attention.latent_back(transformer),
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "q_lora_rank": transformer.q_lora_rank,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": mla_rope_parameters(model),
        "rope_interleave": layers.mla_rotary_interleaved,
        "mlp_layer_types": ["dense" for _ in window_types(model)],
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *experts.ROUTER_LOGITS_UNREAD,
    "max_position_embeddings",
    "moe_intermediate_size",
    "n_group",
    "n_routed_experts",
    "n_shared_experts",
    "norm_topk_prob",
    "num_experts_per_tok",
    "routed_scaling_factor",
    "topk_group",
)
_GPT = RoundTrip("axk1", AXK1Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("head_dim", "qk_head_dim"))
_HYBRID = RoundTrip(
    "axk1", AXK1Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ("head_dim", "qk_head_dim")
)
