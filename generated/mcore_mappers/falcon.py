"""FalconConfig to Megatron: Falcon with rotary positions and an MLP after attention; in the published ones they are at once, or ALiBi."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.falcon.configuration_falcon import FalconConfig

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

check_versions("falcon")


# Not read, because it does not decide what the model computes:
# - transformers_version, architectures: metadata or inference; describes the file or the checkpoint,
#   not the computation
# - output_hidden_states, return_dict: metadata or inference; chooses what a forward call returns, not
#   what it computes
# - id2label, label2id, problem_type: metadata or inference; belongs to classification heads, which a
#   language model has not
# - gradient_checkpointing: metadata or inference; trades memory for time, and computes the same
# - chunk_size_feed_forward: dead; no causal language model of these families computes in chunks
# - use_cache: metadata or inference; keys and values are kept for generation only
# - bos_token_id, eos_token_id: metadata or inference; read by generation and tokenizers only
# - num_ln_in_parallel_attn: metadata or inference; belongs to layers that compute attention and MLP
#   at once
# - head_dim: metadata or inference; a view of hidden_size and num_attention_heads
# - rotary: dead; a view of alibi
# - layer_types: metadata or inference; this class has one kind of layer; only the cache of generation
#   and a nested rope_parameters look here
# - pad_token_id: metadata or inference; the embedding of the class has no padding row; classification
#   heads look here
def to_megatron(hf: FalconConfig, /, *, strict: bool = False, **caller: Unpack[GPTFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a FalconConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("falcon", FalconConfig, hf, caller, GPTFields)
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
    if hf.num_kv_heads is not None and hf.num_kv_heads <= 0:
        check.refuse("num_kv_heads", hf.num_kv_heads, "must be above zero")
    if hf.ffn_hidden_size is not None and hf.ffn_hidden_size <= 0:
        check.refuse("ffn_hidden_size", hf.ffn_hidden_size, "must be above zero")
    if hf.layer_norm_epsilon is not None and not 0 < hf.layer_norm_epsilon < inf:
        check.refuse("layer_norm_epsilon", hf.layer_norm_epsilon, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if hf.hidden_dropout is not None and not 0 <= hf.hidden_dropout < 1:
        check.refuse("hidden_dropout", hf.hidden_dropout, "must be at least zero and below one")
    if hf.attention_dropout is not None and not 0 <= hf.attention_dropout < 1:
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
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    if hf.parallel_attn is not False:
        check.refuse(
            "parallel_attn",
            hf.parallel_attn,
            (
                "must be False: Megatron's MLP reads what attention has added to the residual stream, and has no "
                "layer where both read the same"
            ),
        )
    if hf.new_decoder_architecture is not False:
        check.refuse(
            "new_decoder_architecture",
            hf.new_decoder_architecture,
            (
                "must be False: Megatron's MLP reads what attention has added to the residual stream, and has no "
                "layer where both read the same"
            ),
        )
    if hf.alibi is not False:
        check.refuse("alibi", hf.alibi, "must be False: Megatron has no ALiBi")
    ffn_hidden_size = check.given("ffn_hidden_size", hf.ffn_hidden_size, "transformers cannot build a model without it")
    activation_func = check.choice("activation", hf.activation, ACTIVATIONS)
    layer_norm_epsilon = check.given(
        "layer_norm_epsilon", hf.layer_norm_epsilon, "transformers cannot build a model without it"
    )
    hidden_dropout = check.given("hidden_dropout", hf.hidden_dropout, "transformers cannot build a model without it")
    dtype = checked_dtype(check, hf.dtype)
    rope = gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    if hf.num_attention_heads and hf.hidden_size % hf.num_attention_heads != 0:
        check.refuse(
            "num_attention_heads",
            hf.num_attention_heads,
            "must divide hidden_size: the class has no other width of a head",
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
    if not bool(hf.multi_query) and hf.num_kv_heads != hf.num_attention_heads:
        check.refuse(
            "num_kv_heads",
            hf.num_kv_heads,
            "must be num_attention_heads where multi_query is not True: only the new architecture has others",
        )
    if hf.attention_dropout is None:
        check.refuse(
            "attention_dropout", hf.attention_dropout, "must be given: transformers cannot build a model without it"
        )
    if (
        hf.attention_dropout is not None
        and hf.hidden_dropout is not None
        and hf.attention_dropout != hf.hidden_dropout
        and not max(hf.attention_dropout, hf.hidden_dropout) >= 1
    ):
        check.refuse(
            "attention_dropout",
            hf.attention_dropout,
            (
                "must equal hidden_dropout: it drops out what attention adds to the residual stream, as that does for "
                "the MLP, and Megatron has one for both"
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
            gated=False,
            bias=True,
            experts=False,
            rope=rope.position_embedding_type == "rope",
        ),
        "hidden_dropout": hidden_dropout,
        # Scores are not dropped out.
        "attention_dropout": 0.0,
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
        ffn_hidden_size=ffn_hidden_size,
        num_attention_heads=hf.num_attention_heads,
        # One for all heads, or one for each.
        num_query_groups=1 if hf.multi_query else hf.num_attention_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        layernorm_epsilon=layer_norm_epsilon,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Of attention and MLP alike.
        add_bias_linear=bool(hf.bias),
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
        extra_checkpoint_metadata=provenance("falcon", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_megatron_hybrid(
    hf: FalconConfig, /, *, strict: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a FalconConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("falcon", FalconConfig, hf, caller, HybridFields)
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
    if hf.num_kv_heads is not None and hf.num_kv_heads <= 0:
        check.refuse("num_kv_heads", hf.num_kv_heads, "must be above zero")
    if hf.ffn_hidden_size is not None and hf.ffn_hidden_size <= 0:
        check.refuse("ffn_hidden_size", hf.ffn_hidden_size, "must be above zero")
    if hf.layer_norm_epsilon is not None and not 0 < hf.layer_norm_epsilon < inf:
        check.refuse("layer_norm_epsilon", hf.layer_norm_epsilon, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if hf.hidden_dropout is not None and not 0 <= hf.hidden_dropout < 1:
        check.refuse("hidden_dropout", hf.hidden_dropout, "must be at least zero and below one")
    if hf.attention_dropout is not None and not 0 <= hf.attention_dropout < 1:
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
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    if hf.parallel_attn is not False:
        check.refuse(
            "parallel_attn",
            hf.parallel_attn,
            (
                "must be False: Megatron's MLP reads what attention has added to the residual stream, and has no "
                "layer where both read the same"
            ),
        )
    if hf.new_decoder_architecture is not False:
        check.refuse(
            "new_decoder_architecture",
            hf.new_decoder_architecture,
            (
                "must be False: Megatron's MLP reads what attention has added to the residual stream, and has no "
                "layer where both read the same"
            ),
        )
    if hf.alibi is not False:
        check.refuse("alibi", hf.alibi, "must be False: Megatron has no ALiBi")
    ffn_hidden_size = check.given("ffn_hidden_size", hf.ffn_hidden_size, "transformers cannot build a model without it")
    activation_func = check.choice("activation", hf.activation, ACTIVATIONS)
    layer_norm_epsilon = check.given(
        "layer_norm_epsilon", hf.layer_norm_epsilon, "transformers cannot build a model without it"
    )
    hidden_dropout = check.given("hidden_dropout", hf.hidden_dropout, "transformers cannot build a model without it")
    dtype = checked_dtype(check, hf.dtype)
    pattern = two_symbols("*" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)
    rope = hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    if hf.num_attention_heads and hf.hidden_size % hf.num_attention_heads != 0:
        check.refuse(
            "num_attention_heads",
            hf.num_attention_heads,
            "must divide hidden_size: the class has no other width of a head",
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
    if not bool(hf.multi_query) and hf.num_kv_heads != hf.num_attention_heads:
        check.refuse(
            "num_kv_heads",
            hf.num_kv_heads,
            "must be num_attention_heads where multi_query is not True: only the new architecture has others",
        )
    if hf.attention_dropout is None:
        check.refuse(
            "attention_dropout", hf.attention_dropout, "must be given: transformers cannot build a model without it"
        )
    if (
        hf.attention_dropout is not None
        and hf.hidden_dropout is not None
        and hf.attention_dropout != hf.hidden_dropout
        and not max(hf.attention_dropout, hf.hidden_dropout) >= 1
    ):
        check.refuse(
            "attention_dropout",
            hf.attention_dropout,
            (
                "must equal hidden_dropout: it drops out what attention adds to the residual stream, as that does for "
                "the MLP, and Megatron has one for both"
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
            gated=False,
            bias=True,
            experts=False,
            rope=rope.position_embedding_type == "rope",
        ),
        "hidden_dropout": hidden_dropout,
        # Scores are not dropped out.
        "attention_dropout": 0.0,
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
        ffn_hidden_size=ffn_hidden_size,
        num_attention_heads=hf.num_attention_heads,
        # One for all heads, or one for each.
        num_query_groups=1 if hf.multi_query else hf.num_attention_heads,
        # The class has no other.
        kv_channels=hf.hidden_size // hf.num_attention_heads,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is LayerNorm.
        normalization="LayerNorm",
        layernorm_epsilon=layer_norm_epsilon,
        # Two linear layers and no gate: Hugging Face has no flag.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Of attention and MLP alike.
        add_bias_linear=bool(hf.bias),
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
        extra_checkpoint_metadata=provenance("falcon", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: FalconConfig | None = None) -> FalconConfig:
    """The FalconConfig of the same model.

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
    transformer = inner(model, TransformerConfig, "falcon")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": transformer.num_layers,
        "hidden_size": transformer.hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "rope_parameters": gpt_rope_parameters(model),
        "parallel_attn": False,
        "new_decoder_architecture": False,
        "alibi": False,
        "multi_query": transformer.num_query_groups == 1,
        "num_kv_heads": transformer.num_attention_heads,
        "ffn_hidden_size": transformer.ffn_hidden_size,
        "activation": key_of(ACTIVATIONS, transformer.activation_func),
        "bias": transformer.add_bias_linear,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "hidden_dropout": transformer.hidden_dropout,
        "attention_dropout": transformer.hidden_dropout,
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
    "num_ln_in_parallel_attn",
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="falcon",
    config_class=FalconConfig,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "falcon")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "hidden_size": transformer.hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "parallel_attn": False,
        "new_decoder_architecture": False,
        "alibi": False,
        "multi_query": transformer.num_query_groups == 1,
        "num_kv_heads": transformer.num_attention_heads,
        "ffn_hidden_size": transformer.ffn_hidden_size,
        "activation": key_of(ACTIVATIONS, transformer.activation_func),
        "bias": transformer.add_bias_linear,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "hidden_dropout": transformer.hidden_dropout,
        "attention_dropout": transformer.hidden_dropout,
        "num_hidden_layers": len(mixers(model)),
        "rope_parameters": hybrid_rope_parameters(model),
    }


_WAY_HYBRID = Way(
    family="falcon",
    config_class=FalconConfig,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=(),
)
