"""Lfm3Config to Megatron.

LFM3 with attention in every layer, no gates and no norms after attention and MLP; published ones have all of these.
"""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from torch.nn.functional import silu
from transformers.models.lfm3.configuration_lfm3 import Lfm3Config

from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import by_symbol, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_ropes import (
    LayerRopes,
    gpt_layer_ropes,
    hybrid_layer_ropes,
    layer_ropes,
    own_bases,
    own_bases_by_symbol,
)
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import sliding_layers, window_reach, window_skips, window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, mlp, positions, stack
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Lfm3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("lfm3", Lfm3Config, hf, caller, GPTFields, strict=strict, layers=layers)
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    ropes = layer_ropes(check, rope_parameters_of(hf), hf.layer_types)
    rope = gpt_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(
        check,
        hf,
        rope,
        ropes,
        sliding,
        caller,
        num_layers=hf.num_hidden_layers,
        window_attn_skip_freq=window_skips(sliding),
    )
    return check.with_layers(
        GPTModelConfig,
        LayeredGPTModelConfig,
        Layers(
            add_proj_bias=True if hf.attention_bias else None, rotary_base_by_layer=own_bases(ropes, hf.layer_types)
        ),
    )(
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
    hf: Lfm3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("lfm3", Lfm3Config, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    sliding = sliding_layers(check, hf.layer_types, hf.num_hidden_layers)
    ropes = layer_ropes(check, rope_parameters_of(hf), hf.layer_types)
    rope = hybrid_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check,
        hf,
        rope,
        ropes,
        sliding,
        caller,
        num_layers=len(pattern.main),
        window_attn_skip_freq=by_symbol(window_skips(sliding)),
        is_hybrid_model=True,
    )
    return check.with_layers(
        HybridModelConfig,
        LayeredHybridModelConfig,
        Layers(
            add_proj_bias=True if hf.attention_bias else None,
            rotary_base_by_layer=own_bases_by_symbol(ropes, hf.layer_types),
        ),
    )(
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


def _transformer(
    check: Check,
    hf: Lfm3Config,
    rope: GPTRope | HybridRope,
    ropes: LayerRopes,
    sliding: list[int],
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    mlp.lfm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.layer_ropes(check, hf, ropes)
    positions.rope_keys(check, hf)
    attention.given_head_dim(check, hf)
    attention.layered_window(check, hf, sliding)
    check.must_be(
        "use_sandwich_norm",
        hf.use_sandwich_norm,
        (False,),
        "Megatron has no norms after attention and MLP, before the residual",
    )
    check.must_be(
        "use_attention_gate",
        hf.use_attention_gate,
        (False,),
        "it is one for each head, and Megatron's one for each channel",
    )
    attention.attention_bias(check, hf)
    decoder.causal_mask(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=silu,
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
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        window_size=window_reach(hf.sliding_window, sliding),
        window_attn_skip_freq=window_attn_skip_freq,
        normalization="RMSNorm",
        layernorm_epsilon=hf.norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=silu,
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Lfm3Config | None = None) -> Lfm3Config:
    """The Lfm3Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "lfm3")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_layer_ropes(model, layers)
            if isinstance(model, HybridModelConfig)
            else gpt_layer_ropes(model, layers)
        ),
        "layer_types": window_types(model),
        "head_dim": transformer.kv_channels,
        "sliding_window": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "use_sandwich_norm": False,
        "use_attention_gate": False,
        "attention_bias": transformer.add_qkv_bias,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    *mlp.LFM_UNREAD,
    "max_position_embeddings",
    "sliding_window",
)
_GPT = RoundTrip("lfm3", Lfm3Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("lfm3", Lfm3Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
