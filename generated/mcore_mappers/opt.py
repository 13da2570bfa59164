"""OPTConfig to Megatron: OPT, but for its 350M, which has norms after the residual and a narrower embedding."""

from __future__ import annotations

from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.opt.configuration_opt import OPTConfig

from ._back import Way, inner, kept, key_of, restore
from ._check import Check
from ._fields import (
    GPTLearnedFields,
    GPTLearnedModelFields,
    HybridLearnedFields,
    HybridLearnedModelFields,
    TransformerFields,
)
from ._hybrid import mixers, two_symbols
from ._kernels import kernels
from ._settings import checked_dtype, precision, provenance, select
from ._tables import ACTIVATIONS
from ._window import check_versions

check_versions("opt")


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
# - initializer_range: initialisation only; where it is set beside init_std, new weights are drawn by
#   this
def to_megatron(hf: OPTConfig, /, *, strict: bool = False, **caller: Unpack[GPTLearnedFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a OPTConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: embedding_dropout.
    """
    check = Check("opt", OPTConfig, hf, caller, GPTLearnedFields)
    hf = check.plain(hf)
    check.positive(
        vocab_size=hf.vocab_size,
        num_hidden_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        ffn_dim=hf.ffn_dim,
        word_embed_proj_dim=hf.word_embed_proj_dim,
    )
    check.not_negative(init_std=hf.init_std)
    check.probability(attention_dropout=hf.attention_dropout, dropout=hf.dropout)
    check.must_be(
        "is_encoder_decoder",
        hf.is_encoder_decoder,
        (False,),
        "the causal language models of transformers are decoders, and so are Megatron's",
    )
    check.if_set(
        "is_causal",
        (True,),
        "masks of attention to later tokens are what the language models of both sides are trained with",
    )
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    check.must_be(
        "do_layer_norm_before",
        hf.do_layer_norm_before,
        (True,),
        "Megatron has norms before attention and before the MLP, and none on the residual stream",
    )
    check.must_be(
        "_remove_final_layer_norm",
        check.undeclared("_remove_final_layer_norm"),
        (False,),
        "Megatron has a norm after the last layer",
    )
    check.must_be(
        "layer_norm_elementwise_affine",
        hf.layer_norm_elementwise_affine,
        (True,),
        "Megatron's LayerNorm has a weight and a bias",
    )
    check.must_be(
        "layerdrop",
        hf.layerdrop,
        (0.0,),
        "above zero, whole layers are left out of training at random, and Megatron has no such training",
    )
    dtype = checked_dtype(check, hf.dtype)
    check.require(
        not hf.num_attention_heads or hf.hidden_size % hf.num_attention_heads == 0,
        "num_attention_heads",
        hf.num_attention_heads,
        "must divide hidden_size: the class has no other width of a head",
    )
    check.deviation(
        "embedding_dropout",
        applies=hf.dropout != 0,
        within=hf.dropout <= 0.1 or hf.dropout >= 1,
        field="dropout",
        value=hf.dropout,
        reason=(
            "in training, transformers drops a part of what attention and MLPs add, and Megatron of the embedding "
            "as well; without dropout they are equal. Published checkpoints have 0.1"
        ),
    )
    check.require(
        hf.word_embed_proj_dim is not None,
        "word_embed_proj_dim",
        hf.word_embed_proj_dim,
        "must be given: transformers cannot build a model without it",
    )
    check.require(
        hf.word_embed_proj_dim in (None, hf.hidden_size),
        "word_embed_proj_dim",
        hf.word_embed_proj_dim,
        "must be hidden_size: Megatron has no projection between the embedding and the layers",
    )
    deviations = check.finish(strict=strict)

    settings: GPTLearnedFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.init_std,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **caller,
    }

    transformer = TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.ffn_dim,
        num_attention_heads=hf.num_attention_heads,
        # Every head has keys and values of its own.
        num_query_groups=hf.num_attention_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        # The class has PyTorch's default, and no field.
        layernorm_epsilon=1e-05,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=hf.enable_bias,
        **select(TransformerFields, settings),
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
        extra_checkpoint_metadata=provenance("opt", deviations, kept(hf, _WAY), settings),
        **select(GPTLearnedModelFields, settings),
    )


def to_megatron_hybrid(
    hf: OPTConfig, /, *, strict: bool = False, **caller: Unpack[HybridLearnedFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a OPTConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: embedding_dropout.
    """
    check = Check("opt", OPTConfig, hf, caller, HybridLearnedFields)
    hf = check.plain(hf)
    check.positive(
        vocab_size=hf.vocab_size,
        num_hidden_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        num_attention_heads=hf.num_attention_heads,
        max_position_embeddings=hf.max_position_embeddings,
        ffn_dim=hf.ffn_dim,
        word_embed_proj_dim=hf.word_embed_proj_dim,
    )
    check.not_negative(init_std=hf.init_std)
    check.probability(attention_dropout=hf.attention_dropout, dropout=hf.dropout)
    check.must_be(
        "is_encoder_decoder",
        hf.is_encoder_decoder,
        (False,),
        "the causal language models of transformers are decoders, and so are Megatron's",
    )
    check.if_set(
        "is_causal",
        (True,),
        "masks of attention to later tokens are what the language models of both sides are trained with",
    )
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    check.must_be(
        "do_layer_norm_before",
        hf.do_layer_norm_before,
        (True,),
        "Megatron has norms before attention and before the MLP, and none on the residual stream",
    )
    check.must_be(
        "_remove_final_layer_norm",
        check.undeclared("_remove_final_layer_norm"),
        (False,),
        "Megatron has a norm after the last layer",
    )
    check.must_be(
        "layer_norm_elementwise_affine",
        hf.layer_norm_elementwise_affine,
        (True,),
        "Megatron's LayerNorm has a weight and a bias",
    )
    check.must_be(
        "layerdrop",
        hf.layerdrop,
        (0.0,),
        "above zero, whole layers are left out of training at random, and Megatron has no such training",
    )
    dtype = checked_dtype(check, hf.dtype)
    pattern = two_symbols("*" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)
    check.require(
        not hf.num_attention_heads or hf.hidden_size % hf.num_attention_heads == 0,
        "num_attention_heads",
        hf.num_attention_heads,
        "must divide hidden_size: the class has no other width of a head",
    )
    check.deviation(
        "embedding_dropout",
        applies=hf.dropout != 0,
        within=hf.dropout <= 0.1 or hf.dropout >= 1,
        field="dropout",
        value=hf.dropout,
        reason=(
            "in training, transformers drops a part of what attention and MLPs add, and Megatron of the embedding "
            "as well; without dropout they are equal. Published checkpoints have 0.1"
        ),
    )
    check.require(
        hf.word_embed_proj_dim is not None,
        "word_embed_proj_dim",
        hf.word_embed_proj_dim,
        "must be given: transformers cannot build a model without it",
    )
    check.require(
        hf.word_embed_proj_dim in (None, hf.hidden_size),
        "word_embed_proj_dim",
        hf.word_embed_proj_dim,
        "must be hidden_size: Megatron has no projection between the embedding and the layers",
    )
    deviations = check.finish(strict=strict)

    settings: HybridLearnedFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.init_std,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **caller,
    }

    transformer = TransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.ffn_dim,
        num_attention_heads=hf.num_attention_heads,
        # Every head has keys and values of its own.
        num_query_groups=hf.num_attention_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        # The class has PyTorch's default, and no field.
        layernorm_epsilon=1e-05,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        add_bias_linear=hf.enable_bias,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        **select(TransformerFields, settings),
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
        hybrid_layer_pattern=pattern.full(settings),
        extra_checkpoint_metadata=provenance("opt", deviations, kept(hf, _WAY_HYBRID), settings),
        **select(HybridLearnedModelFields, settings),
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: OPTConfig | None = None) -> OPTConfig:
    """The OPTConfig of the same model.

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
    transformer = inner(model, TransformerConfig, "opt")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": transformer.num_layers,
        "hidden_size": transformer.hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "ffn_dim": transformer.ffn_hidden_size,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "enable_bias": transformer.add_bias_linear,
        "max_position_embeddings": model.seq_length,
        "init_std": transformer.init_method_std,
        "dropout": transformer.hidden_dropout,
        "do_layer_norm_before": True,
        "_remove_final_layer_norm": False,
        "word_embed_proj_dim": transformer.hidden_size,
        "layer_norm_elementwise_affine": True,
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
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="opt",
    config_class=OPTConfig,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "opt")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "hidden_size": transformer.hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "ffn_dim": transformer.ffn_hidden_size,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "enable_bias": transformer.add_bias_linear,
        "max_position_embeddings": model.seq_length,
        "init_std": transformer.init_method_std,
        "dropout": transformer.hidden_dropout,
        "do_layer_norm_before": True,
        "_remove_final_layer_norm": False,
        "word_embed_proj_dim": transformer.hidden_size,
        "layer_norm_elementwise_affine": True,
        "layerdrop": 0.0,
        "num_hidden_layers": len(mixers(model)),
    }


_WAY_HYBRID = Way(
    family="opt",
    config_class=OPTConfig,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=(),
)
