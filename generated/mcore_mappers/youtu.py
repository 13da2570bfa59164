"""YoutuConfig to Megatron: Youtu-LLM: latent attention without experts."""

from __future__ import annotations

from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.youtu.configuration_youtu import YoutuConfig

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.rope import mla_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import mla_rope_parameters
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select

from ._fields import GPTMLAFields, GPTModelFields, HybridMLAFields, HybridModelFields, MLATransformerFields
from ._tables import ACTIVATIONS

check_versions("youtu")


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
# - qk_head_dim: dead; derived from the two parts of a head; the model adds them itself
# - layer_types: metadata or inference; this class has one kind of layer; only the cache of generation
#   and a nested rope_parameters look here
# - embedding_initializer_range: initialisation only; the width of the embedding's first values, which
#   Megatron leaves to the caller
def to_megatron(hf: YoutuConfig, /, *, strict: bool = False, **caller: Unpack[GPTMLAFields]) -> GPTModelConfig:
    """The GPTModelConfig of the same model.

    Args:
        hf: exactly a YoutuConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: mla_latent_norm_eps.
    """
    check = Check("youtu", YoutuConfig, hf, caller, GPTMLAFields)
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
    if hf.q_lora_rank is not None and hf.q_lora_rank <= 0:
        check.refuse("q_lora_rank", hf.q_lora_rank, "must be above zero")
    if hf.kv_lora_rank <= 0:
        check.refuse("kv_lora_rank", hf.kv_lora_rank, "must be above zero")
    if hf.qk_nope_head_dim <= 0:
        check.refuse("qk_nope_head_dim", hf.qk_nope_head_dim, "must be above zero")
    if hf.qk_rope_head_dim <= 0:
        check.refuse("qk_rope_head_dim", hf.qk_rope_head_dim, "must be above zero")
    if hf.v_head_dim is not None and hf.v_head_dim <= 0:
        check.refuse("v_head_dim", hf.v_head_dim, "must be above zero")
    if hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.initializer_range is not None and not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
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
    attention_dropout = check.given(
        "attention_dropout", hf.attention_dropout, "transformers cannot train without a number here"
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    q_lora_rank = check.given(
        "q_lora_rank",
        hf.q_lora_rank,
        "Megatron cannot build latent attention with a norm on the keys' latent and no latent for queries",
    )
    v_head_dim = check.given("v_head_dim", hf.v_head_dim, "transformers cannot build a model without it")
    if hf.attention_bias is not False:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must be False: it biases the projections to the latents and from the attention, and Megatron has no "
                "biases there alone"
            ),
        )
    if hf.rope_interleave is not True:
        check.refuse(
            "rope_interleave",
            hf.rope_interleave,
            "must be True: Megatron's latent attention always rotates interleaved pairs",
        )
    initializer_range = check.given(
        "initializer_range", hf.initializer_range, "transformers derives it from hidden_size when it builds a config"
    )
    dtype = checked_dtype(check, hf.dtype)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.num_key_value_heads != hf.num_attention_heads:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        )
    check.deviation(
        "mla_latent_norm_eps",
        applies=hf.rms_norm_eps != 1e-6,
        within=hf.rms_norm_eps <= 1e-5,
        field="rms_norm_eps",
        value=hf.rms_norm_eps,
        reason=(
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
            "with layernorm_epsilon; published checkpoints have 1e-5 at most"
        ),
    )
    if check.undeclared("head_dim") != hf.qk_rope_head_dim:
        check.refuse(
            "head_dim",
            check.undeclared("head_dim"),
            "must be qk_rope_head_dim, to which transformers sets it: rope is that wide",
        )
    deviations = check.finish(strict=strict)

    settings: MLATransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=False, rope=False),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": initializer_range,
        **select(MLATransformerFields, caller),
    }
    model_settings: GPTModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(GPTModelFields, caller),
    }

    transformer = MLATransformerConfig(
        num_layers=hf.num_hidden_layers,
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        # The width of a head of the attention's output; latent attention reads nothing else from it.
        kv_channels=v_head_dim,
        # Queries, keys and values go through latents of low rank.
        multi_latent_attention=True,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # The norms of both latents.
        qk_layernorm=True,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when attention_bias is False.
        add_bias_linear=False,
        q_lora_rank=q_lora_rank,
        kv_lora_rank=hf.kv_lora_rank,
        qk_head_dim=hf.qk_nope_head_dim,
        qk_pos_emb_head_dim=hf.qk_rope_head_dim,
        v_head_dim=v_head_dim,
        rope_type=rope.rope_type,
        rotary_scaling_factor=rope.rotary_scaling_factor,
        original_max_position_embeddings=rope.original_max_position_embeddings,
        beta_fast=rope.beta_fast,
        beta_slow=rope.beta_slow,
        mscale=rope.mscale,
        mscale_all_dim=rope.mscale_all_dim,
        **settings,
    )
    return GPTModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # The kind of rope of latent attention is rope_type.
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        extra_checkpoint_metadata=provenance("youtu", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_megatron_hybrid(
    hf: YoutuConfig, /, *, strict: bool = False, **caller: Unpack[HybridMLAFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a YoutuConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: mla_latent_norm_eps.
    """
    check = Check("youtu", YoutuConfig, hf, caller, HybridMLAFields)
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
    if hf.q_lora_rank is not None and hf.q_lora_rank <= 0:
        check.refuse("q_lora_rank", hf.q_lora_rank, "must be above zero")
    if hf.kv_lora_rank <= 0:
        check.refuse("kv_lora_rank", hf.kv_lora_rank, "must be above zero")
    if hf.qk_nope_head_dim <= 0:
        check.refuse("qk_nope_head_dim", hf.qk_nope_head_dim, "must be above zero")
    if hf.qk_rope_head_dim <= 0:
        check.refuse("qk_rope_head_dim", hf.qk_rope_head_dim, "must be above zero")
    if hf.v_head_dim is not None and hf.v_head_dim <= 0:
        check.refuse("v_head_dim", hf.v_head_dim, "must be above zero")
    if hf.num_key_value_heads <= 0:
        check.refuse("num_key_value_heads", hf.num_key_value_heads, "must be above zero")
    if hf.initializer_range is not None and not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
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
    attention_dropout = check.given(
        "attention_dropout", hf.attention_dropout, "transformers cannot train without a number here"
    )
    activation_func = check.choice("hidden_act", hf.hidden_act, ACTIVATIONS)
    check.if_set(
        "rope_theta", (None,), "belongs into rope_parameters, where transformers moves it when it builds a config"
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs into rope_parameters, where transformers moves it when it builds a config",
    )
    q_lora_rank = check.given(
        "q_lora_rank",
        hf.q_lora_rank,
        "Megatron cannot build latent attention with a norm on the keys' latent and no latent for queries",
    )
    v_head_dim = check.given("v_head_dim", hf.v_head_dim, "transformers cannot build a model without it")
    if hf.attention_bias is not False:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must be False: it biases the projections to the latents and from the attention, and Megatron has no "
                "biases there alone"
            ),
        )
    if hf.rope_interleave is not True:
        check.refuse(
            "rope_interleave",
            hf.rope_interleave,
            "must be True: Megatron's latent attention always rotates interleaved pairs",
        )
    initializer_range = check.given(
        "initializer_range", hf.initializer_range, "transformers derives it from hidden_size when it builds a config"
    )
    dtype = checked_dtype(check, hf.dtype)
    rope = mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)
    pattern = two_symbols("+" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)
    if check.undeclared("original_max_position_embeddings") not in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    ):
        check.refuse(
            "original_max_position_embeddings",
            check.undeclared("original_max_position_embeddings"),
            "must be what rope_parameters says: transformers prefers it to that",
        )
    if hf.num_key_value_heads != hf.num_attention_heads:
        check.refuse(
            "num_key_value_heads",
            hf.num_key_value_heads,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        )
    check.deviation(
        "mla_latent_norm_eps",
        applies=hf.rms_norm_eps != 1e-6,
        within=hf.rms_norm_eps <= 1e-5,
        field="rms_norm_eps",
        value=hf.rms_norm_eps,
        reason=(
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
            "with layernorm_epsilon; published checkpoints have 1e-5 at most"
        ),
    )
    if check.undeclared("head_dim") != hf.qk_rope_head_dim:
        check.refuse(
            "head_dim",
            check.undeclared("head_dim"),
            "must be qk_rope_head_dim, to which transformers sets it: rope is that wide",
        )
    deviations = check.finish(strict=strict)

    settings: MLATransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=False, rope=False),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
        "init_method_std": initializer_range,
        **select(MLATransformerFields, caller),
    }
    model_settings: HybridModelFields = {
        "seq_length": hf.max_position_embeddings,
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(HybridModelFields, caller),
    }

    transformer = MLATransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        ffn_hidden_size=hf.intermediate_size,
        num_attention_heads=hf.num_attention_heads,
        num_query_groups=hf.num_key_value_heads,
        # The width of a head of the attention's output; latent attention reads nothing else from it.
        kv_channels=v_head_dim,
        # Queries, keys and values go through latents of low rank.
        multi_latent_attention=True,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # The norms of both latents.
        qk_layernorm=True,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when attention_bias is False.
        add_bias_linear=False,
        q_lora_rank=q_lora_rank,
        kv_lora_rank=hf.kv_lora_rank,
        qk_head_dim=hf.qk_nope_head_dim,
        qk_pos_emb_head_dim=hf.qk_rope_head_dim,
        v_head_dim=v_head_dim,
        rope_type=rope.rope_type,
        rotary_scaling_factor=rope.rotary_scaling_factor,
        original_max_position_embeddings=rope.original_max_position_embeddings,
        beta_fast=rope.beta_fast,
        beta_slow=rope.beta_slow,
        mscale=rope.mscale,
        mscale_all_dim=rope.mscale_all_dim,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        **settings,
    )
    return HybridModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # The kind of rope of latent attention is rope_type.
        position_embedding_type="rope",
        rotary_base=rope.rotary_base,
        rotary_percent=rope.rotary_percent,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("youtu", deviations, kept(hf, _WAY_HYBRID), caller),
        **model_settings,
    )


def to_hf(model: GPTModelConfig | HybridModelConfig, /, *, base: YoutuConfig | None = None) -> YoutuConfig:
    """The YoutuConfig of the same model.

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
    transformer = inner(model, MLATransformerConfig, "youtu")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": transformer.num_layers,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "q_lora_rank": transformer.q_lora_rank,
        "kv_lora_rank": transformer.kv_lora_rank,
        "qk_nope_head_dim": transformer.qk_head_dim,
        "qk_rope_head_dim": transformer.qk_pos_emb_head_dim,
        "v_head_dim": transformer.v_head_dim,
        "num_key_value_heads": transformer.num_query_groups,
        "attention_bias": False,
        "rope_parameters": mla_rope_parameters(model),
        "rope_interleave": True,
        "initializer_range": transformer.init_method_std,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size_feed_forward",
    "embedding_initializer_range",
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
    family="youtu",
    config_class=YoutuConfig,
    model_class=GPTModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=("head_dim", "qk_head_dim"),
)


def _carried_hybrid(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, MLATransformerConfig, "youtu")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "hidden_size": transformer.hidden_size,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "attention_dropout": transformer.attention_dropout,
        "rms_norm_eps": transformer.layernorm_epsilon,
        "hidden_act": key_of(ACTIVATIONS, transformer.activation_func),
        "q_lora_rank": transformer.q_lora_rank,
        "kv_lora_rank": transformer.kv_lora_rank,
        "qk_nope_head_dim": transformer.qk_head_dim,
        "qk_rope_head_dim": transformer.qk_pos_emb_head_dim,
        "v_head_dim": transformer.v_head_dim,
        "num_key_value_heads": transformer.num_query_groups,
        "attention_bias": False,
        "rope_parameters": mla_rope_parameters(model),
        "rope_interleave": True,
        "initializer_range": transformer.init_method_std,
        "num_hidden_layers": len(mixers(model)),
    }


_WAY_HYBRID = Way(
    family="youtu",
    config_class=YoutuConfig,
    model_class=HybridModelConfig,
    carried=_carried_hybrid,
    to_megatron=to_megatron_hybrid,
    not_carried=_NOT_CARRIED,
    derived=("head_dim", "qk_head_dim"),
)
