"""BioGptConfig to Megatron: BioGPT's class, without the multiplier of its published embedding."""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.biogpt.configuration_biogpt import BioGptConfig

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import attention, decoder, stack
from ._tables import ACTIVATIONS
from .typing import (
    GPTLearnedFields,
    GPTLearnedModelFields,
    HybridLearnedFields,
    HybridLearnedModelFields,
    TransformerFields,
)


def to_megatron(
    hf: BioGptConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[GPTLearnedFields]
) -> GPTModelConfig:
    """The GPTModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("biogpt", BioGptConfig, hf, caller, GPTLearnedFields, strict=strict, layers=layers)
    transformer = _transformer(check, hf, caller, num_layers=hf.num_hidden_layers)
    return GPTModelConfig(
        transformer=check.with_kernels(transformer),
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
    hf: BioGptConfig, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridLearnedFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("biogpt", BioGptConfig, hf, caller, HybridLearnedFields, strict=strict, layers=layers)
    expert_layers = [0] * hf.num_hidden_layers
    mixers = "*" * hf.num_hidden_layers
    pattern = two_symbols(mixers, expert_layers)
    transformer = _transformer(check, hf, caller, num_layers=len(pattern.main), is_hybrid_model=True)
    return HybridModelConfig(
        transformer=check.with_kernels(transformer),
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
# - layer_norm_eps: dead: the class has PyTorch's default


def _transformer(
    check: Check,
    hf: BioGptConfig,
    caller: GPTLearnedFields | HybridLearnedFields,
    *,
    num_layers: int,
    is_hybrid_model: bool = False,
) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        intermediate_size=hf.intermediate_size,
        max_position_embeddings=hf.max_position_embeddings,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(
        hidden_dropout_prob=hf.hidden_dropout_prob, attention_probs_dropout_prob=hf.attention_probs_dropout_prob
    )
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    attention.derived_head_dim(check, hf)
    stack.numbered_layers(check, hf)
    check.must_be(
        "scale_embedding",
        hf.scale_embedding,
        (False,),
        "transformers multiplies the embedding of a token before it adds that of its position, and Megatron "
        "could multiply the sum only",
    )
    decoder.whole_layers(check, hf)
    check.must_be(
        "activation_dropout",
        hf.activation_dropout,
        (0.0,),
        "above zero, an MLP drops a part of what its activation yields in training, and Megatron has no such "
        "dropout",
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
            position_embedding_type="learned_absolute",
            multi_latent_attention=False,
        ),
        "hidden_dropout": hf.hidden_dropout_prob,
        "attention_dropout": hf.attention_probs_dropout_prob,
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
        # The class has PyTorch's default, whatever layer_norm_eps is.
        layernorm_epsilon=1e-05,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=True,
        is_hybrid_model=is_hybrid_model,
        **settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: BioGptConfig | None = None) -> BioGptConfig:
    """The BioGptConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _GPT, _HYBRID)


def _carried(model: GPTModelConfig | HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "biogpt")
    return {
        **decoder.language_model_back(model, transformer),
        "hidden_size": transformer.hidden_size,
        "num_hidden_layers": (len(mixers(model)) if isinstance(model, HybridModelConfig) else transformer.num_layers),
        "num_attention_heads": transformer.num_attention_heads,
        "intermediate_size": transformer.ffn_hidden_size,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "hidden_dropout_prob": transformer.hidden_dropout,
        "attention_probs_dropout_prob": transformer.attention_dropout,
        "max_position_embeddings": model.seq_length,
        "initializer_range": transformer.init_method_std,
        "scale_embedding": False,
        "layerdrop": 0.0,
        "activation_dropout": 0.0,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.PADDING_TOKEN_UNREAD,
    *decoder.TOKENS_UNREAD,
    "layer_norm_eps",
)
_GPT = RoundTrip("biogpt", BioGptConfig, GPTModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
_HYBRID = RoundTrip("biogpt", BioGptConfig, HybridModelConfig, _carried, to_megatron_hybrid, _NOT_CARRIED, ())
