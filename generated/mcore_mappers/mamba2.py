"""Mamba2Config to Megatron: Mamba-2, as Codestral Mamba has it."""

from __future__ import annotations

import math
from math import inf
from typing import Unpack

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.mamba2.configuration_mamba2 import Mamba2Config

from mcore_mappers_runtime.back import Way, inner, kept, key_of, restore
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.hybrid import mixers
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.patterns import HybridPattern
from mcore_mappers_runtime.releases import check_versions
from mcore_mappers_runtime.settings import checked_dtype, precision, provenance, select

from ._fields import HybridFields, HybridModelFields, TransformerFields
from ._tables import MAMBA_ACTIVATIONS

check_versions("mamba2")


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
# - time_step_min, time_step_max, time_step_floor: initialisation only; draws the initial time steps
#   of new Mamba layers
# - rescale_prenorm_residual: initialisation only; scales the initial weights of Mamba's output
#   projection
# - time_step_rank: metadata or inference; the class keeps it, and projects time steps through no
#   lower rank
# - layer_types: metadata or inference; every layer is of one kind; the cache of generation looks here
# - pad_token_id: dead; the embedding of the class has no padding row
def to_megatron(hf: Mamba2Config, /, *, strict: bool = False, **caller: Unpack[HybridFields]) -> HybridModelConfig:
    """The HybridModelConfig of the same model.

    Args:
        hf: exactly a Mamba2Config, not of a subclass.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no Megatron config computes the same; lists every refused field.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.
    """
    check = Check("mamba2", Mamba2Config, hf, caller, HybridFields)
    hf = check.plain(hf)
    if hf.vocab_size <= 0:
        check.refuse("vocab_size", hf.vocab_size, "must be above zero")
    if hf.num_hidden_layers <= 0:
        check.refuse("num_hidden_layers", hf.num_hidden_layers, "must be above zero")
    if hf.hidden_size <= 0:
        check.refuse("hidden_size", hf.hidden_size, "must be above zero")
    if hf.num_heads <= 0:
        check.refuse("num_heads", hf.num_heads, "must be above zero")
    if hf.head_dim <= 0:
        check.refuse("head_dim", hf.head_dim, "must be above zero")
    if hf.state_size <= 0:
        check.refuse("state_size", hf.state_size, "must be above zero")
    if hf.n_groups <= 0:
        check.refuse("n_groups", hf.n_groups, "must be above zero")
    if hf.expand <= 0:
        check.refuse("expand", hf.expand, "must be above zero")
    if not 0 <= hf.initializer_range < inf:
        check.refuse("initializer_range", hf.initializer_range, "must be zero or above")
    if hf.is_encoder_decoder is not False:
        check.refuse(
            "is_encoder_decoder",
            hf.is_encoder_decoder,
            "must be False: the causal language models of transformers are decoders, and so are Megatron's",
        )
    activation_func = check.choice("hidden_act", hf.hidden_act, MAMBA_ACTIVATIONS)
    check.must_be("conv_kernel", hf.conv_kernel, (4,), "Megatron's Mamba layers hard-wire that")
    if hf.use_conv_bias is not True:
        check.refuse("use_conv_bias", hf.use_conv_bias, "must be True: Megatron's Mamba layers hard-wire that")
    if hf.use_bias is not False:
        check.refuse("use_bias", hf.use_bias, "must be False: Megatron's Mamba projections have no biases")
    check.must_be(
        "layer_norm_epsilon",
        hf.layer_norm_epsilon,
        (1e-05,),
        "Megatron hard-wires that in the gated norm of its Mamba layers",
    )
    dtype = checked_dtype(check, hf.dtype)
    pattern = HybridPattern("M" * hf.num_hidden_layers, "M", mtp_fits=True, layers="M" * hf.num_hidden_layers)
    if not hf.n_groups < 1 and hf.num_heads % hf.n_groups != 0:
        check.refuse("n_groups", hf.n_groups, "must divide num_heads")
    if not hf.num_heads < 1 and not hf.head_dim < 1 and hf.hidden_size * hf.expand != hf.num_heads * hf.head_dim:
        check.refuse(
            "expand",
            hf.expand,
            "must be how many times wider than hidden_size all heads together are: transformers builds no other model",
        )
    if tuple(hf.time_step_limit) != (0.0, math.inf):
        check.refuse(
            "time_step_limit",
            hf.time_step_limit,
            "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere",
        )
    if not hf.chunk_size > 0:
        check.refuse("chunk_size", hf.chunk_size, "must be above zero; any such size computes the same")
    deviations = check.finish(strict=strict)

    settings: TransformerFields = {
        # One decision: the checkpoint's dtype, or whichever of the four the caller gives.
        **precision(dtype, caller),
        "fp32_residual_connection": hf.residual_in_fp32,
        # Kernels that the installed stack has, for the same function.
        **kernels(caller, activation_func=activation_func, gated=False, bias=False, experts=False, rope=False),
        # The class has no dropout.
        "hidden_dropout": 0.0,
        # The class has no dropout.
        "attention_dropout": 0.0,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    model_settings: HybridModelFields = {
        # Tensor parallelism needs a multiple; the padding rows are never looked up.
        "should_pad_vocab": True,
        **select(HybridModelFields, caller),
    }

    transformer = TransformerConfig(
        num_layers=len(pattern.main),
        hidden_size=hf.hidden_size,
        # No layer has an MLP.
        ffn_hidden_size=None,
        # No layer attends, but tensor parallelism must divide the number, as it must that of Mamba's heads.
        num_attention_heads=hf.num_heads,
        # No layer attends, but tensor parallelism must divide the number, as it must that of Mamba's heads.
        num_query_groups=hf.num_heads,
        # No layer attends.
        kv_channels=hf.head_dim,
        # No layer attends.
        multi_latent_attention=False,
        # Hugging Face has no flag: the class is RMSNorm.
        normalization="RMSNorm",
        # layer_norm_epsilon is no other.
        layernorm_epsilon=1e-05,
        # No layer has an MLP.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Mamba's projections have no biases.
        add_bias_linear=False,
        # num_layers counts symbols of the pattern, which initialisation must know.
        is_hybrid_model=True,
        mamba_num_heads=hf.num_heads,
        mamba_head_dim=hf.head_dim,
        mamba_num_groups=hf.n_groups,
        mamba_state_dim=hf.state_size,
        **settings,
    )
    return HybridModelConfig(
        transformer=transformer,
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        # No layer of the class knows positions.
        position_embedding_type="none",
        # Not read without rotary positions.
        rotary_base=10000,
        # Not read without rotary positions.
        rotary_percent=1.0,
        hybrid_layer_pattern=pattern.full(settings, caller),
        extra_checkpoint_metadata=provenance("mamba2", deviations, kept(hf, _WAY), caller),
        **model_settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: Mamba2Config | None = None) -> Mamba2Config:
    """The Mamba2Config of the same model.

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
    transformer = inner(model, TransformerConfig, "mamba2")
    return {
        "vocab_size": model.vocab_size,
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "num_hidden_layers": len(mixers(model)),
        "hidden_size": transformer.hidden_size,
        "num_heads": transformer.mamba_num_heads,
        "head_dim": transformer.mamba_head_dim,
        "state_size": transformer.mamba_state_dim,
        "n_groups": transformer.mamba_num_groups,
        "hidden_act": key_of(MAMBA_ACTIVATIONS, transformer.activation_func),
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
        "initializer_range": transformer.init_method_std,
        "residual_in_fp32": transformer.fp32_residual_connection,
        "conv_kernel": 4,
        "use_conv_bias": True,
        "use_bias": False,
        "layer_norm_epsilon": 1e-05,
        "expand": (transformer.mamba_num_heads or 0) * transformer.mamba_head_dim // transformer.hidden_size,
        "time_step_limit": (0.0, math.inf),
    }


# Megatron knows nothing of these, or not in every model.
_NOT_CARRIED = (
    "architectures",
    "bos_token_id",
    "chunk_size",
    "chunk_size_feed_forward",
    "eos_token_id",
    "id2label",
    "label2id",
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "rescale_prenorm_residual",
    "return_dict",
    "time_step_floor",
    "time_step_max",
    "time_step_min",
    "time_step_rank",
    "transformers_version",
    "use_cache",
)

_WAY = Way(
    family="mamba2",
    config_class=Mamba2Config,
    model_class=HybridModelConfig,
    carried=_carried,
    to_megatron=to_megatron,
    not_carried=_NOT_CARRIED,
    derived=(),
)
