"""MiniCPMConfig to Megatron: MiniCPM, dense, with attention to all tokens, and MiniCPM4."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.described.minicpm import MiniCPMConfig
from mcore_mappers_runtime.hybrid import experts_by_layer, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.long_rope import LongRope, long_rope, of_model, stretched_by, stretched_length, with_factors
from mcore_mappers_runtime.multipliers import over_root
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: MiniCPMConfig, long: LongRope) -> Layers:
    return Layers(
        add_proj_bias=True if hf.attention_bias else None,
        rope_short_factor=long.rope_short_factor,
        rope_long_factor=long.rope_long_factor,
        rope_original_max_position_embeddings=long.rope_original_max_position_embeddings,
        rope_attention_factor=long.rope_attention_factor,
        residual_multiplier=hf.scale_depth / math.sqrt(hf.num_hidden_layers),
    )


def to_megatron(
    hf: MiniCPMConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("minicpm", MiniCPMConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    long = long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope = gpt_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, long, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf, long))(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        rope_scaling=rope.rope_scaling,
        rope_scaling_factor=rope.rope_scaling_factor,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTModelFields, GPTModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: MiniCPMConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("minicpm", MiniCPMConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    long = long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope = hybrid_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, long, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf, long))(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(
            HybridModelFields, HybridModelFields(seq_length=hf.max_position_embeddings, should_pad_vocab=True)
        ),
    )


def _attention_factor_of_lengths(hf: MiniCPMConfig, long: LongRope) -> bool:
    original = long.rope_original_max_position_embeddings
    return original is None or long.rope_attention_factor == stretched_by(hf.max_position_embeddings, original)


def _transformer(
    check: Check,
    hf: MiniCPMConfig,
    long: LongRope,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    decoder.scaled_by_depth(check, hf)
    attention.grouped_query(check, hf)
    check.require(
        _attention_factor_of_lengths(hf, long),
        "max_position_embeddings",
        hf.max_position_embeddings,
        "must give a longrope its attention factor, together with the original length: the code beside these "
        "checkpoints reads neither factor nor attention_factor",
    )
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    check.require(
        long.rope_short_factor == long.rope_long_factor,
        "rope_parameters",
        hf.rope_parameters,
        "must have the same factors for short texts and long ones: the code beside these checkpoints keeps "
        "those of the longest text that it has seen, or of max_position_embeddings",
    )
    positions.dynamic_ntk(check, hf, rope)
    positions.long_rope(check, hf)
    attention.attention_bias(check, hf)
    decoder.depth_scales(check, hf)
    check.if_set("num_experts", (0,), "MiniCPM-MoE has the same type, and experts in every layer")
    check.if_set("sparse_config", (None,), "attention to chosen blocks of tokens alone is another computation")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=False,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        multi_latent_attention=False,
        # As ever; with use_mup Megatron has another, if it is left out.
        softmax_scale=1 / math.sqrt(hf.hidden_size // hf.num_attention_heads),
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        is_hybrid_model=is_hybrid_model,
        use_mup=True,
        mup_base_hidden_size=hf.hidden_size,
        mup_embedding_mult=hf.scale_emb,
        mup_output_mult=hf.dim_model_base / hf.hidden_size,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: MiniCPMConfig | None = None) -> MiniCPMConfig:
    """The MiniCPMConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "minicpm")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "max_position_embeddings": stretched_length(layers),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            with_factors(hybrid_rope_parameters(model), layers)
            if isinstance(model, HybridModelConfig)
            else with_factors(gpt_rope_parameters(model), layers)
        ),
        "attention_bias": transformer.add_qkv_bias,
        "scale_emb": transformer.mup_embedding_mult,
        "dim_model_base": round(transformer.mup_output_mult * transformer.hidden_size),
        "scale_depth": over_root(layers.residual_multiplier, len(experts_by_layer(model))),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.ONE_RANK_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("minicpm", MiniCPMConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("minicpm", MiniCPMConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
