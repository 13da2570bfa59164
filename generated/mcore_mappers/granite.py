"""GraniteConfig to Megatron: Granite's dense models."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.granite.configuration_granite import GraniteConfig

from mcore_mappers_runtime.biases import output_is_biased
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.multipliers import divisor
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def _layers(hf: GraniteConfig) -> Layers:
    return Layers(
        qkv_bias=hf.attention_bias or not hf.mlp_bias,
        add_proj_bias=None if hf.attention_bias == hf.mlp_bias else hf.attention_bias,
        residual_multiplier=hf.residual_multiplier,
    )


def to_megatron(
    hf: GraniteConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("granite", GraniteConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
    return check.with_layers(GPTModelConfig, LayeredGPTModelConfig, _layers(hf))(
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
    hf: GraniteConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("granite", GraniteConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return check.with_layers(HybridModelConfig, LayeredHybridModelConfig, _layers(hf))(
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
    hf: GraniteConfig,
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
    logits_scaling = check.given("logits_scaling", hf.logits_scaling, "transformers divides the logits by it")
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.rms_norm(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.biases(check, hf)
    decoder.scales(check, hf)
    decoder.causal_mask(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=True,
            add_bias_linear=hf.mlp_bias,
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
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        softmax_scale=hf.attention_multiplier,
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=hf.mlp_bias,
        add_qkv_bias=hf.attention_bias and not hf.mlp_bias,
        is_hybrid_model=is_hybrid_model,
        use_mup=True,
        mup_base_hidden_size=hf.hidden_size,
        mup_embedding_mult=hf.embedding_multiplier,
        mup_output_mult=1 / logits_scaling,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: GraniteConfig | None = None) -> GraniteConfig:
    """The GraniteConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "granite")
    layers = layers_of(model)
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.scales_back(transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "rms_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "attention_bias": output_is_biased(model),
        "mlp_bias": transformer.add_bias_linear,
        "logits_scaling": divisor(transformer.mup_output_mult),
        "residual_multiplier": layers.residual_multiplier,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("granite", GraniteConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("granite", GraniteConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
