"""BambaConfig to Megatron: Bamba: Mamba-2 or attention, and an MLP, in every layer."""

from __future__ import annotations

import math
from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.bamba.configuration_bamba import BambaConfig

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.hybrid import mixers, two_symbols
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.rope import hybrid_rope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_back import hybrid_rope_parameters
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select
from mcore_mappers_runtime.yarn import with_yarn

from ._fields import HybridFields, HybridModelFields, TransformerFields
from ._tables import ACTIVATIONS

check_versions("bamba")


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
# - layers_block_type: metadata or inference; attn_layer_indices, layer by layer
# - num_logits_to_keep: metadata or inference; chooses how many logits generation asks for
def to_megatron(hf: BambaConfig, /, *, strict: bool = False, **caller: Unpack[HybridFields]) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a BambaConfig, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("bamba", BambaConfig, hf, caller, HybridFields)
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
    if hf.mamba_n_heads is not None and hf.mamba_n_heads <= 0:
        check.refuse("mamba_n_heads", hf.mamba_n_heads, "must be above zero")
    if hf.mamba_d_state is not None and hf.mamba_d_state <= 0:
        check.refuse("mamba_d_state", hf.mamba_d_state, "must be above zero")
    if hf.mamba_n_groups is not None and hf.mamba_n_groups <= 0:
        check.refuse("mamba_n_groups", hf.mamba_n_groups, "must be above zero")
    if hf.mamba_expand is not None and hf.mamba_expand <= 0:
        check.refuse("mamba_expand", hf.mamba_expand, "must be above zero")
    if hf.mamba_d_conv is not None and hf.mamba_d_conv <= 0:
        check.refuse("mamba_d_conv", hf.mamba_d_conv, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
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
    if hf.attention_bias is not False:
        check.refuse(
            "attention_bias",
            hf.attention_bias,
            (
                "must be False: it biases the output projection too, and Megatron has that bias only together with "
                "biases of every linear layer"
            ),
        )
    mamba_n_heads = check.given("mamba_n_heads", hf.mamba_n_heads, "transformers cannot build a model without it")
    mamba_d_state = check.given("mamba_d_state", hf.mamba_d_state, "transformers cannot build a model without it")
    mamba_n_groups = check.given("mamba_n_groups", hf.mamba_n_groups, "transformers cannot build a model without it")
    if hf.mlp_bias is not False:
        check.refuse("mlp_bias", hf.mlp_bias, "must be False: Megatron has biases on every linear layer or on none")
    dtype = checked_dtype(check, hf.dtype)
    head_dim = check.undeclared_size("head_dim")
    pattern = two_symbols(
        ["*" if layer in (hf.attn_layer_indices or ()) else "M" for layer in range(hf.num_hidden_layers)],
        [0] * hf.num_hidden_layers,
    )
    rope = hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )
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
    if hf.mamba_expand is None:
        check.refuse("mamba_expand", hf.mamba_expand, "must be given: transformers cannot build a model without it")
    if hf.mamba_chunk_size is None:
        check.refuse(
            "mamba_chunk_size", hf.mamba_chunk_size, "must be given: transformers cannot build a model without it"
        )
    if hf.mamba_d_head is None:
        check.refuse("mamba_d_head", hf.mamba_d_head, "must be given: transformers cannot build a model without it")
    if "M" in pattern.layers and hf.mamba_d_conv is None:
        check.refuse("mamba_d_conv", hf.mamba_d_conv, "must be given: transformers cannot build a model without it")
    if hf.mamba_n_groups and hf.mamba_n_heads and hf.mamba_n_heads % hf.mamba_n_groups != 0:
        check.refuse("mamba_n_groups", hf.mamba_n_groups, "must divide mamba_n_heads")
    if not isinstance(hf.mamba_d_head, int) or not hf.mamba_d_head > 0:
        check.refuse(
            "mamba_d_head",
            hf.mamba_d_head,
            "must be an integer above zero, which transformers makes of 'auto' when it builds a config",
        )
    if hf.mamba_expand is None or (
        hf.mamba_n_heads
        and isinstance(hf.mamba_d_head, int)
        and hf.mamba_expand * hf.hidden_size != hf.mamba_n_heads * hf.mamba_d_head
    ):
        check.refuse(
            "mamba_expand",
            hf.mamba_expand,
            (
                "must be how many times wider than hidden_size all Mamba heads together are: transformers builds no "
                "other model"
            ),
        )
    if "M" in pattern.layers and hf.mamba_d_conv != 4:
        check.refuse("mamba_d_conv", hf.mamba_d_conv, "must be 4, which Megatron's Mamba layers hard-wire")
    if "M" in pattern.layers and hf.mamba_conv_bias is not True:
        check.refuse("mamba_conv_bias", hf.mamba_conv_bias, "must be True, which Megatron's Mamba layers hard-wire")
    if "M" in pattern.layers and hf.mamba_proj_bias is not False:
        check.refuse(
            "mamba_proj_bias", hf.mamba_proj_bias, "must be False: Megatron's Mamba projections have no biases"
        )
    if "M" in pattern.layers and hf.hidden_act not in ("silu", "swish") and hf.hidden_act in ACTIVATIONS:
        check.refuse(
            "hidden_act",
            hf.hidden_act,
            "must be 'silu' in a model with Mamba layers, in which Megatron hard-wires that",
        )
    if "M" in pattern.layers and hf.rms_norm_eps != 1e-5:
        check.refuse(
            "rms_norm_eps",
            hf.rms_norm_eps,
            "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
        )
    if "M" in pattern.layers and (hf.time_step_limit is None or tuple(hf.time_step_limit) != (0.0, math.inf)):
        check.refuse(
            "time_step_limit",
            hf.time_step_limit,
            "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere",
        )
    if hf.mamba_chunk_size is None or not hf.mamba_chunk_size > 0:
        check.refuse("mamba_chunk_size", hf.mamba_chunk_size, "must be above zero; any such size computes the same")
    if hf.z_loss_coefficient:
        check.refuse("z_loss_coefficient", hf.z_loss_coefficient, "must be zero: Megatron's loss has no such term")
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        # Kernels that the installed stack has, for the same function.
        **kernels(
            caller,
            activation_func=activation_func,
            gated=True,
            bias=False,
            experts=False,
            rope=rope.position_embedding_type == "rope",
        ),
        # Hugging Face has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        "attention_dropout": attention_dropout,
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
        # The class declares no head_dim, but checkpoints set it and the model reads it.
        kv_channels=hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim,
        # Keys and values are projected from the hidden state itself.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        layernorm_epsilon=hf.rms_norm_eps,
        # gate_proj and up_proj: Hugging Face has no flag.
        gated_linear_unit=True,
        activation_func=activation_func,
        # No linear layer has a bias when attention_bias is False.
        add_bias_linear=False,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        mamba_num_heads=mamba_n_heads,
        mamba_head_dim=hf.mamba_d_head if isinstance(hf.mamba_d_head, int) else 1,
        mamba_num_groups=mamba_n_groups,
        mamba_state_dim=mamba_d_state,
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
        extra_checkpoint_metadata=provenance("bamba", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: BambaConfig | None = None) -> BambaConfig:
    """The BambaConfig of the same model.

    Args:
        model: a HybridModelConfig; what it says always wins.
        base: supplies what Megatron does not carry; else the provenance in the model does, else class defaults.

    Raises:
        UnsupportedConfigError: the model is none of this family; lists every differing field.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    return restore(_WAY, model, base)


def _carried(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "bamba")
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
        "attention_bias": False,
        "mamba_n_heads": transformer.mamba_num_heads,
        "mamba_d_head": transformer.mamba_head_dim,
        "mamba_d_state": transformer.mamba_state_dim,
        "mamba_n_groups": transformer.mamba_num_groups,
        "mamba_expand": (transformer.mamba_num_heads or 0) * transformer.mamba_head_dim // transformer.hidden_size,
        "mamba_d_conv": 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_conv_bias": True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "mamba_proj_bias": False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "time_step_limit": (0.0, math.inf) if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED,
        "attn_layer_indices": [layer for layer, mixer in enumerate(mixers(model)) if mixer == "*"] or None,
        "num_hidden_layers": len(mixers(model)),
        "rope_parameters": hybrid_rope_parameters(model, partial_rotary=True),
        "mlp_bias": False,
        "z_loss_coefficient": 0.0,
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size_feed_forward",
    "eos_token_id",
    "id2label",
    "label2id",
    "mamba_chunk_size",
    "mamba_conv_bias",
    "mamba_d_conv",
    "mamba_proj_bias",
    "max_position_embeddings",
    "num_logits_to_keep",
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "time_step_limit",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="bamba",
    config_class=BambaConfig,
    model_class=HybridModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)
