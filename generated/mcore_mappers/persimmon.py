"""PersimmonConfig to Megatron: Persimmon 8B, and the language model of Fuyu."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.persimmon.configuration_persimmon import PersimmonConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.yarn import with_yarn

from ._parts import attention, decoder, positions, stack
from ._tables import ACTIVATIONS
from .typing import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: PersimmonConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("persimmon", PersimmonConfig, hf, caller, GPTFields, strict=strict, layers=layers)
    rope = gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
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
    hf: PersimmonConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("persimmon", PersimmonConfig, hf, caller, HybridFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
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
    hf: PersimmonConfig,
    rope: GPTRope | HybridRope,
    caller: GPTFields | HybridFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(layer_norm_eps=hf.layer_norm_eps)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    positions.cut_partial_rope(check, hf, rope)
    attention.derived_head_dim(check, hf)
    positions.rope_width(check, hf)
    decoder.sizes_without_padding(check, hf)
    stack.numbered_layers(check, hf)
    positions.dynamic_ntk(check, hf, rope)
    positions.rope_keys(check, hf)
    positions.stated_partial_rope(check, hf)
    check.must_be(
        "hidden_dropout",
        hf.hidden_dropout,
        (0.0,),
        "above zero, transformers drops a part of what MLPs add to the residual stream, and Megatron of the "
        "embedding and of what attention adds too",
    )
    decoder.padding_token(check, hf)
    decoder.causal_mask(check)
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=True,
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
        num_query_groups=hf.num_attention_heads,
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        multi_latent_attention=False,
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_eps,
        qk_layernorm=hf.qk_layernorm,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: PersimmonConfig | None = None) -> PersimmonConfig:
    """The PersimmonConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "persimmon")
    return {
        **decoder.language_model_back(model, transformer),
        **decoder.sizes_without_padding_back(model, transformer),
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "layer_norm_eps": transformer.layernorm_epsilon,
        "rope_parameters": (
            hybrid_rope_parameters(model, partial_rotary=True)
            if isinstance(model, HybridModelConfig)
            else gpt_rope_parameters(model, partial_rotary=True)
        ),
        "qk_layernorm": transformer.qk_layernorm,
        "hidden_dropout": 0.0,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "max_position_embeddings",
)
_GPT = RoundTrip("persimmon", PersimmonConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("persimmon", PersimmonConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
