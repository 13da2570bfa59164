"""Qwen3_5TextConfig to Megatron: The language models of Qwen3.5's dense models."""

from __future__ import annotations

from typing import Literal, Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.qwen3_5.configuration_qwen3_5 import Qwen3_5TextConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.delta_net import hybrid_mixer_types, linear_layers, mixer_symbols, mixer_types
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, recurrent, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Qwen3_5TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen3_5_text", Qwen3_5TextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    linear = linear_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    transformer = _transformer(
        check,
        hf,
        linear,
        rope,
        caller,
        num_layers=hf.num_hidden_layers,
        experimental_attention_variant="gated_delta_net" if any(linear) else None,
        linear_attention_freq=linear if any(linear) else None,
    )
    return GPTModelConfig(
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
    hf: Qwen3_5TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("qwen3_5_text", Qwen3_5TextConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    linear = linear_layers(check, hf.layer_types, hf.num_hidden_layers)
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
    mixers = mixer_symbols(linear)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, linear, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return HybridModelConfig(
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
    hf: Qwen3_5TextConfig,
    linear: list[int],
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    experimental_attention_variant: Literal["gated_delta_net", "dsa"] | None = None,
    linear_attention_freq: int | list[int] | None = None,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    recurrent.delta_net_sizes(check, hf, linear)
    decoder.rms_norm(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.interleaved_sections(check, hf)
    positions.rope_keys(check, hf)
    attention.no_attention_bias(check, hf)
    attention.given_head_dim(check, hf)
    decoder.padding_token(check, hf)
    decoder.causal_mask(check)
    check.if_set("attn_output_gate", (True,), "the class gates the output of its attention always")
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
        num_query_groups=hf.num_key_value_heads,
        kv_channels=hf.head_dim,
        multi_latent_attention=False,
        attention_output_gate=True,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        layernorm_zero_centered_gamma=True,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        experimental_attention_variant=experimental_attention_variant,
        linear_attention_freq=linear_attention_freq,
        linear_conv_kernel_dim=hf.linear_conv_kernel_dim,
        linear_key_head_dim=hf.linear_key_head_dim,
        linear_value_head_dim=hf.linear_value_head_dim,
        linear_num_key_heads=hf.linear_num_key_heads,
        linear_num_value_heads=hf.linear_num_value_heads,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Qwen3_5TextConfig | None = None) -> Qwen3_5TextConfig:
    """The Qwen3_5TextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "qwen3_5_text")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        **recurrent.delta_net_sizes_back(transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_rope_parameters(model, partial_rotary=True)
        ),
        "attention_bias": False,
        "head_dim": transformer.kv_channels,
        "layer_types": (hybrid_mixer_types(model) if isinstance(model, HybridModelConfig) else mixer_types(model)),
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("qwen3_5_text", Qwen3_5TextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip(
    "qwen3_5_text", Qwen3_5TextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ()
)
