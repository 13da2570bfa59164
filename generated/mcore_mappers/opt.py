"""OPTConfig to Megatron: OPT, but for its 350M, which has norms after the residual and a narrower embedding."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.opt.configuration_opt import OPTConfig

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
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if hf.ffn_dim <= 0:
        check.refuse("ffn_dim", hf.ffn_dim, "must be above zero")
    if hf.word_embed_proj_dim is not None and hf.word_embed_proj_dim <= 0:
        check.refuse("word_embed_proj_dim", hf.word_embed_proj_dim, "must be above zero")
    if not 0 <= hf.init_std < inf:
        check.refuse("init_std", hf.init_std, "must be zero or above")
    if not 0 <= hf.attention_dropout < 1:
        check.refuse("attention_dropout", hf.attention_dropout, "must be at least zero and below one")
    if not 0 <= hf.dropout < 1:
        check.refuse("dropout", hf.dropout, "must be at least zero and below one")
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
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    if hf.do_layer_norm_before is not True:
        check.refuse(
            "do_layer_norm_before",
            hf.do_layer_norm_before,
            "must be True: Megatron has norms before attention and before the MLP, and none on the residual stream",
        )
    if check.undeclared("_remove_final_layer_norm") is not False:
        check.refuse(
            "_remove_final_layer_norm",
            check.undeclared("_remove_final_layer_norm"),
            "must be False: Megatron has a norm after the last layer",
        )
    if hf.layer_norm_elementwise_affine is not True:
        check.refuse(
            "layer_norm_elementwise_affine",
            hf.layer_norm_elementwise_affine,
            "must be True: Megatron's LayerNorm has a weight and a bias",
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
    if hf.word_embed_proj_dim is None:
        check.refuse(
            "word_embed_proj_dim", hf.word_embed_proj_dim, "must be given: transformers cannot build a model without it"
        )
    if hf.word_embed_proj_dim not in (None, hf.hidden_size):
        check.refuse(
            "word_embed_proj_dim",
            hf.word_embed_proj_dim,
            "must be hidden_size: Megatron has no projection between the embedding and the layers",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.init_std,
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
        extra_checkpoint_metadata=provenance("opt", deviations, kept(hf, _WAY), caller),
        **model_settings,
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
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.num_attention_heads <= 0:
        check.refuse("num_attention_heads", hf.num_attention_heads, "must be above zero")
    if hf.max_position_embeddings <= 0:
        check.refuse("max_position_embeddings", hf.max_position_embeddings, "must be above zero")
    if hf.ffn_dim <= 0:
        check.refuse("ffn_dim", hf.ffn_dim, "must be above zero")
    if hf.word_embed_proj_dim is not None and hf.word_embed_proj_dim <= 0:
        check.refuse("word_embed_proj_dim", hf.word_embed_proj_dim, "must be above zero")
    if not 0 <= hf.init_std < inf:
        check.refuse("init_std", hf.init_std, "must be zero or above")
    if not 0 <= hf.attention_dropout < 1:
        check.refuse("attention_dropout", hf.attention_dropout, "must be at least zero and below one")
    if not 0 <= hf.dropout < 1:
        check.refuse("dropout", hf.dropout, "must be at least zero and below one")
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
    activation_func = check.choice("activation_function", hf.activation_function, ACTIVATIONS)
    if hf.do_layer_norm_before is not True:
        check.refuse(
            "do_layer_norm_before",
            hf.do_layer_norm_before,
            "must be True: Megatron has norms before attention and before the MLP, and none on the residual stream",
        )
    if check.undeclared("_remove_final_layer_norm") is not False:
        check.refuse(
            "_remove_final_layer_norm",
            check.undeclared("_remove_final_layer_norm"),
            "must be False: Megatron has a norm after the last layer",
        )
    if hf.layer_norm_elementwise_affine is not True:
        check.refuse(
            "layer_norm_elementwise_affine",
            hf.layer_norm_elementwise_affine,
            "must be True: Megatron's LayerNorm has a weight and a bias",
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
    if hf.word_embed_proj_dim is None:
        check.refuse(
            "word_embed_proj_dim", hf.word_embed_proj_dim, "must be given: transformers cannot build a model without it"
        )
    if hf.word_embed_proj_dim not in (None, hf.hidden_size):
        check.refuse(
            "word_embed_proj_dim",
            hf.word_embed_proj_dim,
            "must be hidden_size: Megatron has no projection between the embedding and the layers",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.dropout,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.init_std,
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
        extra_checkpoint_metadata=provenance("opt", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
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
