"""Mamba2Config to Megatron: Mamba-2, as Codestral Mamba has it."""

from __future__ import annotations

import math
from typing import Unpack

from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers.models.mamba2.configuration_mamba2 import Mamba2Config

from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.hybrid import mixers
from mcore_mappers_runtime.kernels import kernels
from mcore_mappers_runtime.layer_kinds import HybridPattern
from mcore_mappers_runtime.round_trip import RoundTrip, inner, key_of, restore
from mcore_mappers_runtime.settings import checked_dtype, precision, select

from ._parts import decoder
from ._tables import MAMBA_ACTIVATIONS
from .typing import HybridFields, HybridModelFields, TransformerFields


def to_megatron(
    hf: Mamba2Config, /, *, strict: bool = False, layers: bool = False, **caller: Unpack[HybridFields]
) -> HybridModelConfig:
    """The HybridModelConfig of the same model, as `mcore_mappers.to_megatron` gives it."""
    check, hf = checked("mamba2", Mamba2Config, hf, caller, HybridFields, strict=strict, layers=layers)
    pattern = HybridPattern("M" * hf.num_hidden_layers, "M", mtp_fits=True, layers="M" * hf.num_hidden_layers)
    transformer = _transformer(check, hf, pattern, caller)
    return HybridModelConfig(
        transformer=check.with_kernels(transformer),
        vocab_size=hf.vocab_size,
        share_embeddings_and_output_weights=hf.tie_word_embeddings,
        position_embedding_type="none",
        rotary_base=10000,
        rotary_percent=1.0,
        hybrid_layer_pattern=pattern.full(transformer.mtp_num_layers, caller),
        extra_checkpoint_metadata=check.metadata(hf, _HYBRID, caller),
        **check.select(HybridModelFields, HybridModelFields(should_pad_vocab=True)),
    )


# Not read, because it does not decide what the model computes:
# - layer_types: metadata or inference: every layer is of one kind; the cache of generation looks here
# - pad_token_id: dead: the embedding of the class has no padding row
# - rescale_prenorm_residual: initialisation only: scales the initial weights of Mamba's output
#   projection
# - time_step_floor, time_step_max, time_step_min: initialisation only: draws the initial time steps
#   of new Mamba layers


def _transformer(check: Check, hf: Mamba2Config, pattern: HybridPattern, caller: HybridFields) -> TransformerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    check.positive(
        num_heads=hf.num_heads,
        head_dim=hf.head_dim,
        hidden_size=hf.hidden_size,
        state_size=hf.state_size,
        num_hidden_layers=hf.num_hidden_layers,
        expand=hf.expand,
        n_groups=hf.n_groups,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    dtype = checked_dtype(check, hf.dtype)
    activation_func = check.choice("hidden_act", hf.hidden_act, MAMBA_ACTIVATIONS)
    decoder.checkpoint(check, hf)
    decoder.language_model(check, hf)
    check.must_be(
        "layer_norm_epsilon",
        hf.layer_norm_epsilon,
        (1e-05,),
        "Megatron hard-wires that in the gated norm of its Mamba layers",
    )
    check.require(
        hf.num_heads < 1 or hf.head_dim < 1 or hf.hidden_size * hf.expand == hf.num_heads * hf.head_dim,
        "expand",
        hf.expand,
        "must be how many times wider than hidden_size all heads together are: transformers builds no other model",
    )
    check.must_be("conv_kernel", hf.conv_kernel, (4,), "Megatron's Mamba layers hard-wire that")
    check.require(hf.n_groups < 1 or hf.num_heads % hf.n_groups == 0, "n_groups", hf.n_groups, "must divide num_heads")
    check.must_be("use_bias", hf.use_bias, (False,), "Megatron's Mamba projections have no biases")
    check.must_be("use_conv_bias", hf.use_conv_bias, (True,), "Megatron's Mamba layers hard-wire that")
    check.require(
        isinstance(hf.time_step_rank, int) and hf.time_step_rank >= 0,
        "time_step_rank",
        hf.time_step_rank,
        "must be a number of zero or above: 'auto' is replaced by one where a config is built, and not later",
    )
    check.positive(time_step_min=hf.time_step_min)
    check.positive(time_step_max=hf.time_step_max)
    check.require(
        tuple(hf.time_step_limit) == (0.0, math.inf),
        "time_step_limit",
        hf.time_step_limit,
        "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere",
    )
    check.require(hf.chunk_size > 0, "chunk_size", hf.chunk_size, "must be above zero; any such size computes the same")
    check.finish()
    settings: TransformerFields = {
        **precision(dtype, caller, fp32_residual_connection=hf.residual_in_fp32),
        **kernels(
            check,
            caller,
            activation_func=activation_func,
            gated_linear_unit=False,
            add_bias_linear=False,
            position_embedding_type="none",
            multi_latent_attention=False,
        ),
        "fp32_residual_connection": hf.residual_in_fp32,
        # The class has no dropout on the residual stream.
        "hidden_dropout": 0.0,
        # The class has no dropout in attention.
        "attention_dropout": 0.0,
        "init_method_std": hf.initializer_range,
        **select(TransformerFields, caller),
    }
    return TransformerConfig(
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
        # layer_norm_epsilon can be no other.
        layernorm_epsilon=1e-05,
        # No layer has an MLP.
        gated_linear_unit=False,
        activation_func=activation_func,
        # Mamba's projections have no biases.
        add_bias_linear=False,
        is_hybrid_model=True,
        mamba_num_heads=hf.num_heads,
        mamba_head_dim=hf.head_dim,
        mamba_num_groups=hf.n_groups,
        mamba_state_dim=hf.state_size,
        **settings,
    )


def to_hf(model: HybridModelConfig, /, *, base: Mamba2Config | None = None) -> Mamba2Config:
    """The Mamba2Config of the same model, as `mcore_mappers.to_hf` gives it."""
    return restore(model, base, _HYBRID)


def _carried(model: HybridModelConfig) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, TransformerConfig, "mamba2")
    return {
        **decoder.language_model_back(model, transformer),
        "num_heads": transformer.mamba_num_heads,
        "head_dim": transformer.mamba_head_dim,
        "hidden_size": transformer.hidden_size,
        "state_size": transformer.mamba_state_dim,
        "num_hidden_layers": len(mixers(model)),
        "layer_norm_epsilon": 1e-05,
        "expand": (transformer.mamba_num_heads or 0) * transformer.mamba_head_dim // transformer.hidden_size,
        "conv_kernel": 4,
        "n_groups": transformer.mamba_num_groups,
        "use_bias": False,
        "use_conv_bias": True,
        "hidden_act": key_of(MAMBA_ACTIVATIONS, transformer.activation_func),
        "initializer_range": transformer.init_method_std,
        "residual_in_fp32": transformer.fp32_residual_connection,
        "time_step_limit": (0.0, math.inf),
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


_NOT_CARRIED = (
    *decoder.LANGUAGE_MODEL_UNREAD,
    *decoder.TOKENS_UNREAD,
    "chunk_size",
    "pad_token_id",
    "rescale_prenorm_residual",
    "time_step_floor",
    "time_step_max",
    "time_step_min",
    "time_step_rank",
)
_HYBRID = RoundTrip("mamba2", Mamba2Config, HybridModelConfig, _carried, to_megatron, _NOT_CARRIED, ())
