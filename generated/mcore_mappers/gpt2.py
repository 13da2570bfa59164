"""GPT2Config to Megatron: GPT-2, Cerebras-GPT and GPT-SW3."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.gpt2.configuration_gpt2 import GPT2Config

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

check_versions("gpt2")


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
# - pad_token_id: metadata or inference; the embedding of the class has no padding row; classification
#   heads look here
# - reorder_and_upcast_attn: metadata or inference; computes the same scores in float32, and the same
#   weights
# - summary_type, summary_use_proj, summary_activation, summary_proj_to_labels, summary_first_dropout:
#   metadata or inference; belongs to the multiple choice head of GPT2DoubleHeadsModel
def to_megatron(hf: GPT2Config, /, *, strict: bool = False, **caller: Unpack[GPTLearnedFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a GPT2Config, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("gpt2", GPT2Config, hf, caller, GPTLearnedFields)
    hf = check.plain(hf)
    check.integers(n_layer=hf.n_layer, n_embd=hf.n_embd, n_head=hf.n_head, n_positions=hf.n_positions)
    if not 0 < hf.layer_norm_epsilon < inf:
        check.refuse("layer_norm_epsilon", hf.layer_norm_epsilon, "must be above zero")
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.n_layer <= 0:
        check.refuse("n_layer", hf.n_layer, "must be above zero")
    if hf.n_embd <= 0:
        check.refuse("n_embd", hf.n_embd, "must be above zero")
    if hf.n_inner is not None and hf.n_inner <= 0:
        check.refuse("n_inner", hf.n_inner, "must be above zero")
    if hf.n_head <= 0:
        check.refuse("n_head", hf.n_head, "must be above zero")
    if hf.n_positions <= 0:
        check.refuse("n_positions", hf.n_positions, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.attn_pdrop < 1:
        check.refuse("attn_pdrop", hf.attn_pdrop, "must be at least zero and below one")
    if not 0 <= hf.resid_pdrop < 1:
        check.refuse("resid_pdrop", hf.resid_pdrop, "must be at least zero and below one")
    if not 0 <= hf.embd_pdrop < 1:
        check.refuse("embd_pdrop", hf.embd_pdrop, "must be at least zero and below one")
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
    if hf.add_cross_attention is not False:
        check.refuse(
            "add_cross_attention",
            hf.add_cross_attention,
            "must be False: there is nothing else to attend to, and Megatron has no such layers",
        )
    if hf.scale_attn_by_inverse_layer_idx is not False:
        check.refuse(
            "scale_attn_by_inverse_layer_idx",
            hf.scale_attn_by_inverse_layer_idx,
            (
                "must be False: it scales the softmax of every layer differently, and Megatron has one scale for all "
                "layers"
            ),
        )
    dtype = checked_dtype(check, hf.dtype)
    if hf.n_head and hf.n_embd % hf.n_head != 0:
        check.refuse("n_head", hf.n_head, "must divide n_embd: the class has no other width of a head")
    if hf.embd_pdrop != hf.resid_pdrop and not max(hf.embd_pdrop, hf.resid_pdrop) >= 1:
        check.refuse(
            "embd_pdrop",
            hf.embd_pdrop,
            "must equal resid_pdrop: Megatron has one dropout for the embedding and the residual stream",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.resid_pdrop,
        "attention_dropout": hf.attn_pdrop,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    model_settings: GPTLearnedModelFields = {
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(GPTLearnedModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=hf.n_layer,
        hidden_size=hf.n_embd,
        # Four times as wide where the config does not say it.
        ffn_hidden_size=4 * hf.n_embd if hf.n_inner is None else hf.n_inner,
        num_attention_heads=hf.n_head,
        # Every head has keys and values of its own.
        num_query_groups=hf.n_head,
        # The class has no other.
        kv_channels=hf.n_embd // hf.n_head,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # None scales by the square root of the width of a head.
        softmax_scale=None if hf.scale_attn_weights else 1.0,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_epsilon,
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
        seq_length=hf.n_positions,
        extra_checkpoint_metadata=provenance("gpt2", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_megatron_hybrid(
    hf: GPT2Config, /, *, strict: bool = False, **caller: Unpack[HybridLearnedFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a GPT2Config, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("gpt2", GPT2Config, hf, caller, HybridLearnedFields)
    hf = check.plain(hf)
    check.integers(n_layer=hf.n_layer, n_embd=hf.n_embd, n_head=hf.n_head, n_positions=hf.n_positions)
    if not 0 < hf.layer_norm_epsilon < inf:
        check.refuse("layer_norm_epsilon", hf.layer_norm_epsilon, "must be above zero")
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.n_layer <= 0:
        check.refuse("n_layer", hf.n_layer, "must be above zero")
    if hf.n_embd <= 0:
        check.refuse("n_embd", hf.n_embd, "must be above zero")
    if hf.n_inner is not None and hf.n_inner <= 0:
        check.refuse("n_inner", hf.n_inner, "must be above zero")
    if hf.n_head <= 0:
        check.refuse("n_head", hf.n_head, "must be above zero")
    if hf.n_positions <= 0:
        check.refuse("n_positions", hf.n_positions, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.attn_pdrop < 1:
        check.refuse("attn_pdrop", hf.attn_pdrop, "must be at least zero and below one")
    if not 0 <= hf.resid_pdrop < 1:
        check.refuse("resid_pdrop", hf.resid_pdrop, "must be at least zero and below one")
    if not 0 <= hf.embd_pdrop < 1:
        check.refuse("embd_pdrop", hf.embd_pdrop, "must be at least zero and below one")
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
    if hf.add_cross_attention is not False:
        check.refuse(
            "add_cross_attention",
            hf.add_cross_attention,
            "must be False: there is nothing else to attend to, and Megatron has no such layers",
        )
    if hf.scale_attn_by_inverse_layer_idx is not False:
        check.refuse(
            "scale_attn_by_inverse_layer_idx",
            hf.scale_attn_by_inverse_layer_idx,
            (
                "must be False: it scales the softmax of every layer differently, and Megatron has one scale for all "
                "layers"
            ),
        )
    dtype = checked_dtype(check, hf.dtype)
    pattern = two_symbols("*" * hf.n_layer, [0] * hf.n_layer)
    if hf.n_head and hf.n_embd % hf.n_head != 0:
        check.refuse("n_head", hf.n_head, "must divide n_embd: the class has no other width of a head")
    if hf.embd_pdrop != hf.resid_pdrop and not max(hf.embd_pdrop, hf.resid_pdrop) >= 1:
        check.refuse(
            "embd_pdrop",
            hf.embd_pdrop,
            "must equal resid_pdrop: Megatron has one dropout for the embedding and the residual stream",
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=True, experts=False, rope=False),
        "hidden_dropout": hf.resid_pdrop,
        "attention_dropout": hf.attn_pdrop,
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
        hidden_size=hf.n_embd,
        # Four times as wide where the config does not say it.
        ffn_hidden_size=4 * hf.n_embd if hf.n_inner is None else hf.n_inner,
        num_attention_heads=hf.n_head,
        # Every head has keys and values of its own.
        num_query_groups=hf.n_head,
        # The class has no other.
        kv_channels=hf.n_embd // hf.n_head,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # None scales by the square root of the width of a head.
        softmax_scale=None if hf.scale_attn_weights else 1.0,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        layernorm_epsilon=hf.layer_norm_epsilon,
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
        seq_length=hf.n_positions,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("gpt2", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: GPT2Config | None = None) -> GPT2Config:
    """The GPT2Config of the same model.

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
    transformer = inner(model, TransformerConfig, "gpt2")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "n_layer": transformer.num_layers,
        "n_embd": transformer.hidden_size,
        "n_inner": transformer.ffn_hidden_size,
        "n_head": transformer.num_attention_heads,
        "scale_attn_weights": transformer.softmax_scale is None,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "n_positions": model.seq_length,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "attn_pdrop": transformer.attention_dropout,
        "resid_pdrop": transformer.hidden_dropout,
        "embd_pdrop": transformer.hidden_dropout,
        "add_cross_attention": False,
        "scale_attn_by_inverse_layer_idx": False,
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
    "reorder_and_upcast_attn",
    "return_dict",
    "summary_activation",
    "summary_first_dropout",
    "summary_proj_to_labels",
    "summary_type",
    "summary_use_proj",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="gpt2",
    config_class=GPT2Config,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "gpt2")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "n_embd": transformer.hidden_size,
        "n_inner": transformer.ffn_hidden_size,
        "n_head": transformer.num_attention_heads,
        "scale_attn_weights": transformer.softmax_scale is None,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "activation_function": key_of(ACTIVATIONS, transformer.activation_func),
        "n_positions": model.seq_length,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "attn_pdrop": transformer.attention_dropout,
        "resid_pdrop": transformer.hidden_dropout,
        "embd_pdrop": transformer.hidden_dropout,
        "add_cross_attention": False,
        "scale_attn_by_inverse_layer_idx": False,
        "n_layer": len(mixers(model)),
    }


_WAY_HYBRID = Way(
    family="gpt2",
    config_class=GPT2Config,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=(),
)
