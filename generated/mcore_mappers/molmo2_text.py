"""Molmo2TextConfig to Megatron.

The language model of Molmo 2 without tokens that are only embedded; the published ones have such.
"""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.molmo2.configuration_molmo2 import Molmo2TextConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_types
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: Molmo2TextConfig) -> Layers:
    return Layers(
        # They norm each head, or all together.
        qk_layernorm_over_heads=hf.qk_norm_type == "olmo",
        input_layernorm=not hf.norm_after,
        pre_mlp_layernorm=not hf.norm_after,
        post_attention_layernorm=hf.norm_after,
        post_mlp_layernorm=hf.norm_after,
    )


def to_megatron(
    hf: Molmo2TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("molmo2_text", Molmo2TextConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf))(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        vocab_size=hf.vocab_size,
        # The output layer has weights of its own.
        share_embeddings_and_output_weights=False,
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
    hf: Molmo2TextConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("molmo2_text", Molmo2TextConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf))(
        transformer=check.with_kernels(with_yarn(transformer, rope.yarn)),
        vocab_size=hf.vocab_size,
        # The output layer has weights of its own.
        share_embeddings_and_output_weights=False,
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
    hf: Molmo2TextConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    attention.grouped_query(check, hf)
    attention.given_head_dim(check, hf)
    check.must_be(
        "additional_vocab_size",
        hf.additional_vocab_size,
        (0,),
        "so many tokens more are embedded than predicted, and Megatron embeds as many as it predicts",
    )
    check.must_be(
        "qk_norm_type",
        hf.qk_norm_type,
        ("qwen3",),
        "'olmo' norms all heads together, and Megatron each by itself",
        layers=("qk_layernorm_over_heads",),
    )
    check.require(
        hf.qk_norm_type in ("qwen3", "olmo"),
        "qk_norm_type",
        hf.qk_norm_type,
        "must be 'qwen3' or 'olmo': the class knows no other",
    )
    stack.numbered_layers(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    check.require(
        hf.rope_scaling_layers is not None
        and (
            rope_key(rope_parameters_of(hf), "rope_type") == "default"
            or all(layer in hf.rope_scaling_layers for layer in range(hf.num_hidden_layers))
        ),
        "rope_scaling_layers",
        hf.rope_scaling_layers,
        "must be all layers, where rope_parameters scales the rope: the others have it without that",
    )
    decoder.rms_norm(check, hf)
    check.must_be(
        "norm_after",
        hf.norm_after,
        (False,),
        "it norms what attention and MLP give, and Megatron what they are given",
        layers=("input_layernorm", "pre_mlp_layernorm", "post_attention_layernorm", "post_mlp_layernorm"),
    )
    check.must_be(
        "tie_word_embeddings",
        hf.tie_word_embeddings,
        (False,),
        "the composite has an output layer of its own, whatever is said of ties",
    )
    decoder.causal_mask(check)
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
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        qk_layernorm=True,
        gated_linear_unit=True,
        activation_func=activation_func,
        # Query, key and value alone may have biases.
        add_bias_linear=False,
        add_qkv_bias=hf.attention_bias,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Molmo2TextConfig | None = None) -> Molmo2TextConfig:
    """The Molmo2TextConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "molmo2_text")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "additional_vocab_size": 0,
        "attention_bias": transformer.add_qkv_bias,
        "qk_norm_type": "olmo" if layers.qk_layernorm_over_heads else "qwen3",
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "intermediate_size": transformer.ffn_hidden_size,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "attention_dropout": transformer.attention_dropout,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "rope_scaling_layers": [layer for layer, _ in enumerate(window_types(model))],
        "rms_norm_eps": transformer.layernorm_epsilon,
        "norm_after": layers.post_mlp_layernorm,
        "initializer_range": transformer.init_method_std,
        "tie_word_embeddings": False,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    "max_position_embeddings",
    "use_cache",
)
_GPT = RoundTrip("molmo2_text", Molmo2TextConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("molmo2_text", Molmo2TextConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
