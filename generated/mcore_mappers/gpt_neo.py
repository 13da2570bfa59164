"""GPTNeoConfig to Megatron: GPT-Neo."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.gpt_neo.configuration_gpt_neo import GPTNeoConfig

from mcore_mappers_runtime.attention_types import attention_types_of, local_layers, repeated_types
from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import by_symbol, mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layers.configs import LayeredGPTModelConfig, LayeredHybridModelConfig
from mcore_mappers_runtime.layers.fields import Layers
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select
from mcore_mappers_runtime.windows import window_reach, window_skips

from ._parts import decoder
from ._tables import ACTIVATIONS
from .typing import (
    GPTLearnedFields,
    GPTLearnedModelFields,
    HybridLearnedFields,
    HybridLearnedModelFields,
    TransformerFields,
)

_LAYERS = Layers(
    # Queries, keys and values have no bias.
    qkv_bias=False
)


def to_megatron(
    hf: GPTNeoConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> LayeredGPTModelConfig:
    """The LayeredGPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt_neo", GPTNeoConfig, hf, caller, GPTLearnedFields, strict=strict, layers=layers)
    local = local_layers(check, attention_types_of(hf), check.undeclared("attention_layers"), hf.num_layers)
    transformer = _transformer(
        check,
        hf,
        local,
        caller,
        num_layers=hf.num_layers,
        # 1 for a layer with a window.
        window_attn_skip_freq=window_skips(local),
    )
    return check.layered(LayeredGPTModelConfig)(
        transformer=check.with_kernels(transformer),
        layers=_LAYERS,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="learned_absolute",
        rotary_base=10000,
        rotary_percent=1.0,
        seq_length=hf.max_position_embeddings,
        extra_checkpoint_metadata=check.metadata(hf, _GPT, caller),
        **check.select(GPTLearnedModelFields, GPTLearnedModelFields(should_pad_vocab=True)),
    )


def to_megatron_hybrid(
    hf: GPTNeoConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridLearnedFields]
) -> LayeredHybridModelConfig:
    """The LayeredHybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("gpt_neo", GPTNeoConfig, hf, caller, HybridLearnedFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_layers
    local = local_layers(check, attention_types_of(hf), check.undeclared("attention_layers"), hf.num_layers)
    mixers = "*" * hf.num_layers
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(
        check,
        hf,
        local,
        caller,
        num_layers=len(pattern.main),
        # 1 for a layer with a window; every layer has two symbols.
        window_attn_skip_freq=by_symbol(window_skips(local)),
        is_hybrid_model=True,
    )
    return check.layered(LayeredHybridModelConfig)(
        transformer=check.with_kernels(transformer),
        layers=_LAYERS,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="learned_absolute",
        rotary_base=10000,
        rotary_percent=1.0,
        seq_length=hf.max_position_embeddings,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(HybridLearnedModelFields, HybridLearnedModelFields(should_pad_vocab=True)),
    )


# Not read, because it does not decide what the model computes:
# - classifier_dropout: metadata or inference: belongs to classification heads, which a language model
#   does not have


def _transformer(
    check: Check,
    hf: GPTNeoConfig,
    local: list[int],
    caller: GPTLearnedFields | HybridLearnedFields,
    *,
    num_layers: int,
    window_attn_skip_freq: int | list[int] | None,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        max_position_embeddings=hf.max_position_embeddings,
        hidden_size=hf.hidden_size,
        num_layers=hf.num_layers,
        num_heads=hf.num_heads,
        intermediate_size=hf.intermediate_size,
        window_size=hf.window_size,
        layer_norm_epsilon=hf.layer_norm_epsilon,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(
        resid_dropout=hf.resid_dropout, embed_dropout=hf.embed_dropout, attention_dropout=hf.attention_dropout
    )
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    check.require(
        not hf.num_heads or hf.hidden_size % hf.num_heads == 0,
        "num_heads",
        hf.num_heads,
        "must divide hidden_size: a head is hidden_size // num_heads wide",
    )
    check.require(
        hf.embed_dropout == hf.resid_dropout or max(hf.embed_dropout, hf.resid_dropout) >= 1,
        "embed_dropout",
        hf.embed_dropout,
        "must equal resid_dropout: Megatron has one dropout for both",
    )
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
            position_embedding_type="learned_absolute",
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.resid_dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
        num_layers=num_layers,
        hidden_size=hf.hidden_size,
        # Four times as wide where the config does not say it.
        ffn_hidden_size=4 * hf.hidden_size if hf.intermediate_size is None else hf.intermediate_size,
        num_attention_heads=hf.num_heads,
        # Every head has keys and values of its own.
        num_query_groups=hf.num_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # The class does not scale the scores of attention.
        softmax_scale=1.0,
        # Megatron counts the tokens before the current one.
        window_size=window_reach(hf.window_size, local),
        window_attn_skip_freq=window_attn_skip_freq,
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_epsilon,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: GPTNeoConfig | None = None) -> GPTNeoConfig:
    """The GPTNeoConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "gpt_neo")
    return {
        **decoder.language_model_back(model, transformer),
        "max_position_embeddings": model.seq_length,
        "hidden_size": transformer.hidden_size,
        "num_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "attention_types": repeated_types(model),
        "num_heads": transformer.num_attention_heads,
        "intermediate_size": transformer.ffn_hidden_size,
        "window_size": NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "resid_dropout": transformer.hidden_dropout,
        "embed_dropout": transformer.hidden_dropout,
        "attention_dropout": transformer.attention_dropout,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "initializer_range": transformer.init_method_std,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.NO_PADDING_ROW_UNREAD,
    *decoder.TOKENS_UNREAD,
    "classifier_dropout",
    "window_size",
)
_GPT = RoundTrip("gpt_neo", GPTNeoConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ("attention_layers",))
_HYBRID = RoundTrip(
    "gpt_neo", GPTNeoConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ("attention_layers",)
)
