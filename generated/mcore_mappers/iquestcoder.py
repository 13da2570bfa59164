"""IQuestCoderConfig to Megatron: IQuest-Coder V1."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.iquestcoder.configuration_iquestcoder import IQuestCoderConfig

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.rope import gpt_rope, hybrid_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select
from mcore_mappers_runtime.yarn import with_yarn

from ._fields import GPTFields, GPTModelFields, HybridFields, HybridModelFields, TransformerFields
from ._tables import ACTIVATIONS

check_versions("iquestcoder")


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
# - layer_types: metadata or inference; this class has one kind of layer; only the cache of generation
#   and a nested rope_parameters look here
def to_megatron(hf: IQuestCoderConfig, /, *, strict: bool = False, **caller: Unpack[GPTFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a IQuestCoderConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("iquestcoder", IQuestCoderConfig, hf, caller, GPTFields)
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
    if not 0 < hf.rms_norm_eps < inf:
        check.refuse("rms_norm_eps", hf.rms_norm_eps, "must be above zero")
    if hf.num_key_value_heads is not None and hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.head_dim is not None and hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.attention_dropout < 1:
        check.refuse("attention_dropout", hf.attention_dropout, "must be at least zero and below one")
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
    num_key_value_heads = check.given(
        "num_key_value_heads", hf.num_key_value_heads, "transformers cannot build a model without it"
    )
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    head_dim = check.given("head_dim", hf.head_dim, "transformers cannot build a model without it")
    dtype = checked_dtype(check, hf.dtype)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    if hf.num_key_value_heads and hf.num_attention_heads % hf.num_key_value_heads != 0:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must divide num_attention_heads: every group serves the same number of query heads",
        )
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.attention_bias != hf.mlp_bias:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly "
                "when every linear layer has one"
            ),
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(
            caller,
            activation_func=activation_func,
            gated=True,
            bias=hf.mlp_bias,
            experts=False,
            rope=rope.position_embedding_type == "rope",
        ),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    model_settings: GPTModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(GPTModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=head_dim,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=hf.mlp_bias,
        **settings,
    )
    return GPTModelConfig(
        transformer=with_yarn(transformer, rope.yarn),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        rope_scaling=rope.rope_scaling,
        rope_scaling_factor=rope.rope_scaling_factor,
        extra_checkpoint_metadata=provenance("iquestcoder", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_megatron_hybrid(
    hf: IQuestCoderConfig, /, *, strict: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a IQuestCoderConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("iquestcoder", IQuestCoderConfig, hf, caller, HybridFields)
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
    if not 0 < hf.rms_norm_eps < inf:
        check.refuse("rms_norm_eps", hf.rms_norm_eps, "must be above zero")
    if hf.num_key_value_heads is not None and hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.head_dim is not None and hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if not 0 <= hf.attention_dropout < 1:
        check.refuse("attention_dropout", hf.attention_dropout, "must be at least zero and below one")
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
    num_key_value_heads = check.given(
        "num_key_value_heads", hf.num_key_value_heads, "transformers cannot build a model without it"
    )
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    head_dim = check.given("head_dim", hf.head_dim, "transformers cannot build a model without it")
    dtype = checked_dtype(check, hf.dtype)
    pattern = two_symbols("*" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    if hf.num_key_value_heads and hf.num_attention_heads % hf.num_key_value_heads != 0:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must divide num_attention_heads: every group serves the same number of query heads",
        )
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.attention_bias != hf.mlp_bias:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly "
                "when every linear layer has one"
            ),
        )
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(
            caller,
            activation_func=activation_func,
            gated=True,
            bias=hf.mlp_bias,
            experts=False,
            rope=rope.position_embedding_type == "rope",
        ),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": hf.attention_dropout,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    model_settings: HybridModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(HybridModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=num_key_value_heads,
        kv_channels=head_dim,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        add_bias_linear=hf.mlp_bias,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        **settings,
    )
    return HybridModelConfig(
        transformer=with_yarn(transformer, rope.yarn),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type=rope.position_embedding_type,
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=rope.seq_len_interpolation_factor,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("iquestcoder", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: IQuestCoderConfig | None = None) -> IQuestCoderConfig:
    """The IQuestCoderConfig of the same model.

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
    transformer = inner(model, TransformerConfig, "iquestcoder")
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
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "num_key_value_heads": transformer.num_query_groups,
        "rope_parameters": gpt_rope_parameters(model),
        "head_dim": transformer.kv_channels,
        "mlp_bias": transformer.add_bias_linear,
        "attention_bias": transformer.add_bias_linear,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size_feed_forward",
    "eos_token_id",
    "id2label",
    "label2id",
    "max_position_embeddings",
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="iquestcoder",
    config_class=IQuestCoderConfig,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "iquestcoder")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "num_key_value_heads": transformer.num_query_groups,
        "head_dim": transformer.kv_channels,
        "mlp_bias": transformer.add_bias_linear,
        "attention_bias": transformer.add_bias_linear,
        "num_hidden_layers": len(mixers(model)),
        "rope_parameters": hybrid_rope_parameters(model),
    }


_WAY_HYBRID = Way(
    family="iquestcoder",
    config_class=IQuestCoderConfig,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=(),
)
