"""Phi3Config to Megatron: Phi-3, Phi-4 and Phi-4 mini."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.phi3.configuration_phi3 import Phi3Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.default_rope import default_gpt_rope, default_hybrid_rope
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.long_rope import (
    LongRope,
    long_rope,
    of_model,
    original_length,
    states_its_length,
    with_factors,
)
from mcore_mappers_runtime.rope import GPTRope, HybridRope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_of
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(long: LongRope) -> Layers:
    return Layers(
        rope_short_factor=long.rope_short_factor,
        rope_long_factor=long.rope_long_factor,
        rope_original_max_position_embeddings=long.rope_original_max_position_embeddings,
        rope_attention_factor=long.rope_attention_factor,
    )


def to_megatron(
    hf: Phi3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("phi3", Phi3Config, hf, caller, GPTFields, strict=strict, layers=layers)
    long = long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope = default_gpt_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(long))(
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
    hf: Phi3Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("phi3", Phi3Config, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    long = long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    rope = default_hybrid_rope(
        check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings
    )
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(long))(
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


# Not read, because it does not decide what the model computes:
# - embd_pdrop: dead: the class has no dropout on the embeddings


def _transformer(
    check: Check,
    hf: Phi3Config,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(original_max_position_embeddings=hf.original_max_position_embeddings)
    dtype = checked_dtype(check, hf.dtype)
    num_key_value_heads = check.given("num_key_value_heads", hf.num_key_value_heads)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    check.must_be(
        "resid_pdrop",
        hf.resid_pdrop,
        (0.0,),
        "above zero, transformers drops a part of what attention and MLPs add to the residual stream, and "
        "Megatron of the embedding too",
    )
    check.require(
        states_its_length(rope_parameters_of(hf), hf.original_max_position_embeddings),
        "original_max_position_embeddings",
        hf.original_max_position_embeddings,
        "must be what rope_parameters says of a longrope: transformers prefers it to that",
    )
    decoder.rms_norm(check, hf)
    positions.long_rope(check, hf)
    decoder.padding_token(check, hf)
    attention.window(check, hf)
    decoder.causal_mask(check)
    check.require(
        check.undeclared("partial_rotary_factor")
        in (
            None,
            rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
        ),
        "partial_rotary_factor",
        check.undeclared("partial_rotary_factor"),
        "must be what rope_parameters says: transformers takes it from there",
    )
    check.if_set(
        "rope_theta", (None,), "belongs in rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set("attention_bias", (False,), "the class has no such bias")
    check.if_set("full_attn_mod", (1,), "the class has one kind of attention, with rope as it is")
    check.if_set("interpolate_factor", (1,), "the class has one kind of attention, with rope as it is")
    check.if_set("lm_head_bias", (False,), "the class has no such bias")
    check.if_set("mlp_bias", (False,), "the class has no such bias")
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
        # Megatron's is of more than the class's, which must be zero.
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
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        window_size=None if hf.sliding_window is None else (hf.sliding_window - 1, 0),
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=False,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Phi3Config | None = None) -> Phi3Config:
    """The Phi3Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "phi3")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "resid_pdrop": 0.0,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "original_max_position_embeddings": original_length(layers),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            with_factors(hybrid_rope_parameters(model, partial_rotary=True), layers)
            if isinstance(model, HybridModelConfig)
            else with_factors(gpt_rope_parameters(model, partial_rotary=True), layers)
        ),
        "sliding_window": window_of(transformer.window_size),
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "embd_pdrop",
    "max_position_embeddings",
    "original_max_position_embeddings",
)
_GPT = RoundTrip("phi3", Phi3Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("phi3", Phi3Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
