"""MiniCPM3Config to Megatron: MiniCPM3."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.minicpm3.configuration_minicpm3 import MiniCPM3Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.latents import query_rank, rank_or_none
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.long_rope import LongRope, latent_long_rope, of_model, with_factors
from mcore_mappers_runtime.multipliers import over_root
from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields


def _layers(hf: MiniCPM3Config, long: LongRope, scale_depth: float) -> Layers:
    return Layers(
        q_layernorm=hf.q_lora_rank is not None,
        mla_rotary_interleaved=False,
        rope_short_factor=long.rope_short_factor,
        rope_long_factor=long.rope_long_factor,
        rope_original_max_position_embeddings=long.rope_original_max_position_embeddings,
        rope_attention_factor=long.rope_attention_factor,
        residual_multiplier=scale_depth / math.sqrt(hf.num_hidden_layers),
    )


def to_megatron(
    hf: MiniCPM3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTMLAFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("minicpm3", MiniCPM3Config, hf, caller, GPTMLAFields, strict=strict, layers=layers)
    long = latent_long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope = mla_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)
    scale_depth = check.given(
        "scale_depth", hf.scale_depth, "transformers multiplies by it what attention and MLP give"
    )
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(transformer),
        layers=_layers(hf, long, scale_depth),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTModelFields, GPTModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: MiniCPM3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridMLAFields]
) -> LayeredHybridModelConfig:
    """The LayeredHybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("minicpm3", MiniCPM3Config, hf, caller, HybridMLAFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "+" * hf.num_hidden_layers
    long = latent_long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope = mla_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)
    scale_depth = check.given(
        "scale_depth", hf.scale_depth, "transformers multiplies by it what attention and MLP give"
    )
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.layered(LayeredHybridModelConfig)(
        transformer=check.with_kernels(transformer),
        layers=_layers(hf, long, scale_depth),
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


def _transformer(
    check: Check,
    hf: MiniCPM3Config,
    rope: MLARope,
    caller: GPTMLAFields | HybridMLAFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> MLATransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    attention_dropout = check.given("attention_dropout", hf.attention_dropout)
    v_head_dim = check.given("v_head_dim", hf.v_head_dim)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.latent(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.must_be("mlp_bias", hf.mlp_bias, (False,), "Megatron has biases in all linear layers or in none")
    attention.rope_dim(check, hf)
    attention.optional_query_latent(check, hf)
    decoder.depth_scales(check, hf)
    check.require(
        hf.dim_model_base is not None,
        "dim_model_base",
        hf.dim_model_base,
        "must be given: transformers divides by it what the output layer gets",
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
        num_query_groups=num_key_value_heads,
        kv_channels=v_head_dim,
        multi_latent_attention=True,
        # With use_mup Megatron has another, if it is left out; latent attention reads neither, and makes its
        # own.
        softmax_scale=1 / math.sqrt(hf.qk_nope_head_dim + hf.qk_rope_head_dim),
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        q_lora_rank=rank_or_none(hf.q_lora_rank),
        kv_lora_rank=hf.kv_lora_rank,
        qk_head_dim=hf.qk_nope_head_dim,
        qk_pos_emb_head_dim=hf.qk_rope_head_dim,
        v_head_dim=v_head_dim,
        rope_type=rope.rope_type,
        rotary_scaling_factor=rope.rotary_scaling_factor,
        original_max_position_embeddings=rope.original_max_position_embeddings,
        beta_fast=rope.beta_fast,
        beta_slow=rope.beta_slow,
        mscale=rope.mscale,
        mscale_all_dim=rope.mscale_all_dim,
        is_hybrid_model=is_hybrid_model,
        use_mup=True,
        mup_base_hidden_size=hf.hidden_size,
        mup_embedding_mult=hf.scale_emb,
        # The class divides hidden states by the property before the output layer.
        mup_output_mult=1 / hf.logits_scaling,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: MiniCPM3Config | None = None) -> MiniCPM3Config:
    """The MiniCPM3Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "minicpm3")
    layers = layers_of(model)
    return {
        **attention.latent_back(transformer),
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": with_factors(mla_rope_parameters(model), layers),
        "mlp_bias": False,
        "head_dim": transformer.qk_pos_emb_head_dim,
        "q_lora_rank": query_rank(model),
        "scale_emb": transformer.mup_embedding_mult,
        "scale_depth": over_root(layers.residual_multiplier, len(experts_by_layer(model))),
        "dim_model_base": round(transformer.mup_output_mult * transformer.hidden_size),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("minicpm3", MiniCPM3Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("qk_head_dim",))
_HYBRID = RoundTrip(
    "minicpm3", MiniCPM3Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ("qk_head_dim",)
)
