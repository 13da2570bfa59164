"""Starcoder2Config to Megatron: StarCoder2."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.starcoder2.configuration_starcoder2 import Starcoder2Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_of
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Starcoder2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("starcoder2", Starcoder2Config, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    transformer = _transformer(check, hf, rope, caller, num_layers=hf.num_hidden_layers)
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
    hf: Starcoder2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("starcoder2", Starcoder2Config, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, rope, caller, num_layers=len(pattern.main), is_hybrid_model=True)
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
    hf: Starcoder2Config,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(norm_epsilon=hf.norm_epsilon)
    check.probability(residual_dropout=hf.residual_dropout, embedding_dropout=hf.embedding_dropout)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    head_dim = check.undeclared_size("head_dim")
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    attention.grouped_query(check, hf)
    decoder.padding_token(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    attention.window(check, hf)
    check.require(
        hf.embedding_dropout == hf.residual_dropout or max(hf.embedding_dropout, hf.residual_dropout) >= 1,
        "embedding_dropout",
        hf.embedding_dropout,
        "must equal residual_dropout: Megatron has one dropout for both",
    )
    decoder.causal_mask(check)
    check.restates(
        "layer_norm_epsilon",
        "norm_epsilon",
        "both are one thing, in the words of BigCode's code and in those of the class",
    )
    check.if_set("mlp_type", ("default",), "the MLPs of the class have no gate")
    check.if_set("norm_type", ("layer_norm",), "the class has LayerNorm alone")
    check.restates(
        "rms_norm_eps", "norm_epsilon", "both are one thing, in the words of BigCode's code and in those of the class"
    )
    check.if_set("scale_attn_weights", (True,), "attention of the class divides its scores by the root of the width")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=hf.use_bias,
            position_embedding_type=rope.position_embedding_type,
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.residual_dropout,
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
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        multi_latent_attention=False,
        window_size=None if hf.sliding_window is None else (hf.sliding_window - 1, 0),
        normalization="LayerNorm",
        layernorm_epsilon=hf.norm_epsilon,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=hf.use_bias,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: Starcoder2Config | None = None) -> Starcoder2Config:
    """The Starcoder2Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "starcoder2")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_key_value_heads": transformer.num_query_groups,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "norm_epsilon": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model) if isinstance(model, HybridModelConfig) else gpt_rope_parameters(model)
        ),
        "sliding_window": window_of(transformer.window_size),
        "residual_dropout": transformer.hidden_dropout,
        "embedding_dropout": transformer.hidden_dropout,
        "use_bias": transformer.add_bias_linear,
        "head_dim": transformer.kv_channels,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("starcoder2", Starcoder2Config, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("starcoder2", Starcoder2Config, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
