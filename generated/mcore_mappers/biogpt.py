"""BioGptConfig to Megatron: BioGPT's class, without the multiplier of its published embedding."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.biogpt.configuration_biogpt import BioGptConfig

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select

from ._fields import (
    GPTLearnedFields,
    GPTLearnedModelFields,
    HybridLearnedFields,
    HybridLearnedModelFields,
    TransformerFields,
)
from ._tables import ACTIVATIONS

check_versions("biogpt")


# Not read, because it does not decide what the model computes:
# - transformers_version, architectures: metadata or inference; describes the file or the checkpoint,
#   not the computation
# - output_hidden_states, return_dict: metadata or inference; chooses what a forward call returns, not
#   what it computes
# - id2label, label2id, problem_type: metadata or inference; belongs to classification heads, which a
#   language model has not
# - gradient_checkpointing: metadata or inference; trades memory for time, and computes the same
# - tie_last_hidden_states: metadata or inference; chooses which hidden states are returned beside the
#   logits
# - chunk_size_feed_forward: dead; no causal language model of these families computes in chunks
# - use_cache: metadata or inference; keys and values are kept for generation only
# - bos_token_id, eos_token_id: metadata or inference; read by generation and tokenizers only
# - pad_token_id: padding token; its embedding row starts at zero and gets no gradient; what other
#   tokens compute does not depend on it
# - layer_norm_eps: dead; the class has PyTorch's default
def to_megatron(hf: BioGptConfig, /, *, strict: bool = False, **caller: Unpack[GPTLearnedFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a BioGptConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("biogpt", BioGptConfig, hf, caller, GPTLearnedFields)
    hf = check.plain(hf)
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.intermediate_size <= 0:
        check.refuse("intermediate_size", hf.intermediate_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.hidden_dropout_prob < 1:
        check.refuse("hidden_dropout_prob", hf.hidden_dropout_prob, "must be at least zero and below one")
    if not 0 <= hf.attention_probs_dropout_prob < 1:
        check.refuse(
            "attention_probs_dropout_prob", hf.attention_probs_dropout_prob, "must be at least zero and below one"
        )
    if hf.is_encoder_decoder is not False:
        check.refuse(
            "is_encoder_decoder",
            hf.is_encoder_decoder,
            "must be False: the causal language models of transformers are decoders, and so are Megatron's",
        )
    check.if_set(
        "is_causal",
        (True,),
        "masks of attention to later tokens are what the language models of both sides are trained with",
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    if hf.scale_embedding is not False:
        check.refuse(
            "scale_embedding",
            hf.scale_embedding,
            (
                "must be False: transformers multiplies the embedding of a token before it adds that of its position, "
                "and Megatron could multiply the sum only"
            ),
        )
    check.must_be(
        "activation_dropout",
        hf.activation_dropout,
        (0.0,),
        "above zero, an MLP drops a part of itself, and Megatron's does not",
    )
    check.must_be(
        "layerdrop",
        hf.layerdrop,
        (0.0,),
        "above zero, whole layers are left out of training at random, and Megatron has no such training",
    )
    dtype = checked_dtype(check, hf.dtype)
    if hf.num_attention_heads and hf.hidden_size % hf.num_attention_heads != 0:
        check.refuse(
            "num_attention_heads",
            hf.num_attention_heads,
            "must divide hidden_size: the class has no other width of a head",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.hidden_dropout_prob,
        "attention_dropout": hf.attention_probs_dropout_prob,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    model_settings: GPTLearnedModelFields = {
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(GPTLearnedModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        # Every head has keys and values of its own.
        num_query_groups=hf.num_attention_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        # The class has PyTorch's default, whatever layer_norm_eps is.
        layernorm_epsilon=1e-05,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Every linear layer but the output layer has a bias.
        add_bias_linear=True,
        **settings,
    )
    return GPTModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # A table of positions, added to the embedding.
        position_embedding_type="learned_absolute",
        # Not read without rotary positions.
        rotary_base=10000,
        # Not read without rotary positions.
        rotary_percent=1.0,
        seq_length=hf.max_position_embeddings,
        extra_checkpoint_metadata=provenance("biogpt", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_megatron_hybrid(
    hf: BioGptConfig, /, *, strict: bool = False, **caller: Unpack[HybridLearnedFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a BioGptConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("biogpt", BioGptConfig, hf, caller, HybridLearnedFields)
    hf = check.plain(hf)
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.intermediate_size <= 0:
        check.refuse("intermediate_size", hf.intermediate_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.hidden_dropout_prob < 1:
        check.refuse("hidden_dropout_prob", hf.hidden_dropout_prob, "must be at least zero and below one")
    if not 0 <= hf.attention_probs_dropout_prob < 1:
        check.refuse(
            "attention_probs_dropout_prob", hf.attention_probs_dropout_prob, "must be at least zero and below one"
        )
    if hf.is_encoder_decoder is not False:
        check.refuse(
            "is_encoder_decoder",
            hf.is_encoder_decoder,
            "must be False: the causal language models of transformers are decoders, and so are Megatron's",
        )
    check.if_set(
        "is_causal",
        (True,),
        "masks of attention to later tokens are what the language models of both sides are trained with",
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    if hf.scale_embedding is not False:
        check.refuse(
            "scale_embedding",
            hf.scale_embedding,
            (
                "must be False: transformers multiplies the embedding of a token before it adds that of its position, "
                "and Megatron could multiply the sum only"
            ),
        )
    check.must_be(
        "activation_dropout",
        hf.activation_dropout,
        (0.0,),
        "above zero, an MLP drops a part of itself, and Megatron's does not",
    )
    check.must_be(
        "layerdrop",
        hf.layerdrop,
        (0.0,),
        "above zero, whole layers are left out of training at random, and Megatron has no such training",
    )
    dtype = checked_dtype(check, hf.dtype)
    pattern = two_symbols("*" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)
    if hf.num_attention_heads and hf.hidden_size % hf.num_attention_heads != 0:
        check.refuse(
            "num_attention_heads",
            hf.num_attention_heads,
            "must divide hidden_size: the class has no other width of a head",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.hidden_dropout_prob,
        "attention_dropout": hf.attention_probs_dropout_prob,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    model_settings: HybridLearnedModelFields = {
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(HybridLearnedModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        # Every head has keys and values of its own.
        num_query_groups=hf.num_attention_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        # The class has PyTorch's default, whatever layer_norm_eps is.
        layernorm_epsilon=1e-05,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Every linear layer but the output layer has a bias.
        add_bias_linear=True,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        **settings,
    )
    return HybridModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # A table of positions, added to the embedding.
        position_embedding_type="learned_absolute",
        # Not read without rotary positions.
        rotary_base=10000,
        # Not read without rotary positions.
        rotary_percent=1.0,
        seq_length=hf.max_position_embeddings,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("biogpt", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: BioGptConfig | None = None) -> BioGptConfig:
    """The BioGptConfig of the same model.

    Args:
        model: a GPTModelConfig or a HybridModelConfig; what it says always wins.
        base: supplies what Megatron does not carry; else the provenance in the model does, else class defaults.

    Raises:
        UnsupportedConfigError: the model is none of this family; lists every differing field.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    if isinstance(model, HybridModelConfig):
        return restore(_WAY_HYBRID, model, base)
    return restore(_WAY, model, base)


def _carried(model: GPTModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "biogpt")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": transformer.num_layers,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "max_position_embeddings": model.seq_length,
        "hidden_dropout_prob": transformer.hidden_dropout,
        "attention_probs_dropout_prob": transformer.attention_dropout,
        "scale_embedding": False,
        "activation_dropout": 0.0,
        "layerdrop": 0.0,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size_feed_forward",
    "eos_token_id",
    "id2label",
    "label2id",
    "layer_norm_eps",
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="biogpt",
    config_class=BioGptConfig,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "biogpt")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "max_position_embeddings": model.seq_length,
        "hidden_dropout_prob": transformer.hidden_dropout,
        "attention_probs_dropout_prob": transformer.attention_dropout,
        "scale_embedding": False,
        "activation_dropout": 0.0,
        "layerdrop": 0.0,
        "num_hidden_layers": len(mixers(model)),
    }


_WAY_HYBRID = Way(
    family="biogpt",
    config_class=BioGptConfig,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=(),
)
