"""What families share about recurrent.

delta_net:
- attention_output_gate: q_proj holds a gate too: Hugging Face has no flag.
- layernorm_zero_centered_gamma: Norms multiply by 1 + weight: Hugging Face has no flag.

delta_net_decoder:
- experimental_attention_variant: None where every layer has attention.
- linear_attention_freq: 1 for a layer with Gated DeltaNet.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from mcore_mappers_runtime.layer_kinds import HybridPattern

from .._tables import ACTIVATIONS

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.check import Check


MAMBA_UNREAD = (
    "expand",
    "mamba_ssm_cache_dtype",
    "rescale_prenorm_residual",
    "time_step_floor",
    "time_step_limit",
    "time_step_max",
    "use_mamba_kernels",
)
"""Not read:

- expand: dead: the width of a Mamba layer is mamba_num_heads * mamba_head_dim
- mamba_ssm_cache_dtype: dead: states are cached for generation only
- rescale_prenorm_residual: initialisation only: scales the initial weights of Mamba's output projection
- time_step_floor, time_step_max: initialisation only: draws the initial time steps of new Mamba layers
- time_step_limit: dead: the class clamps at time_step_min instead
- use_mamba_kernels: metadata or inference: kernels are chosen by what is installed; the class only warns
"""


class _DeltaNetSizes(Protocol):
    @property
    def hidden_act(self) -> str: ...
    @property
    def linear_conv_kernel_dim(self) -> float | None: ...
    @property
    def linear_key_head_dim(self) -> float | None: ...
    @property
    def linear_num_key_heads(self) -> int: ...
    @property
    def linear_num_value_heads(self) -> int: ...
    @property
    def linear_value_head_dim(self) -> float | None: ...


def delta_net_sizes(check: Check, hf: _DeltaNetSizes, linear: list[int]) -> None:
    """Gated DeltaNet's sizes, and its activation."""
    check.positive(
        linear_conv_kernel_dim=hf.linear_conv_kernel_dim,
        linear_key_head_dim=hf.linear_key_head_dim,
        linear_num_key_heads=hf.linear_num_key_heads,
        linear_num_value_heads=hf.linear_num_value_heads,
        linear_value_head_dim=hf.linear_value_head_dim,
    )
    check.require(
        not any(linear) or hf.hidden_act in ("silu", "swish") or hf.hidden_act not in ACTIVATIONS,
        "hidden_act",
        hf.hidden_act,
        "must be 'silu' or 'swish' in a model with Gated DeltaNet, whose gate transformers hard-wires to that",
    )
    check.require(
        not any(linear) or hf.linear_num_key_heads < 1 or hf.linear_num_value_heads % hf.linear_num_key_heads == 0,
        "linear_num_value_heads",
        hf.linear_num_value_heads,
        "must be a multiple of linear_num_key_heads: every key head serves the same number of value heads",
    )


class _Mamba(Protocol):
    @property
    def chunk_size(self) -> int: ...
    @property
    def conv_kernel(self) -> int: ...
    @property
    def layer_norm_epsilon(self) -> float: ...
    @property
    def mamba_head_dim(self) -> float | None: ...
    @property
    def mamba_hidden_act(self) -> str: ...
    @property
    def mamba_num_heads(self) -> int: ...
    @property
    def mamba_proj_bias(self) -> object: ...
    @property
    def n_groups(self) -> int: ...
    @property
    def ssm_state_size(self) -> float | None: ...
    @property
    def time_step_max(self) -> float | None: ...
    @property
    def time_step_min(self) -> float: ...
    @property
    def use_bias(self) -> bool: ...
    @property
    def use_conv_bias(self) -> bool: ...


def mamba(check: Check, hf: _Mamba, pattern: HybridPattern) -> None:
    """Mamba-2 layers."""
    check.positive(
        mamba_head_dim=hf.mamba_head_dim,
        mamba_num_heads=hf.mamba_num_heads,
        n_groups=hf.n_groups,
        ssm_state_size=hf.ssm_state_size,
    )
    check.not_negative(time_step_min=hf.time_step_min)
    check.require(hf.chunk_size > 0, "chunk_size", hf.chunk_size, "must be above zero; any such size computes the same")
    check.require(
        "M" not in pattern.layers or hf.conv_kernel == 4,
        "conv_kernel",
        hf.conv_kernel,
        "must be 4, which Megatron's Mamba layers hard-wire",
    )
    check.require(
        "M" not in pattern.layers or hf.layer_norm_epsilon == 1e-5,
        "layer_norm_epsilon",
        hf.layer_norm_epsilon,
        "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
    )
    check.require(
        "M" not in pattern.layers or hf.mamba_hidden_act in ("silu", "swish"),
        "mamba_hidden_act",
        hf.mamba_hidden_act,
        "must be 'silu', which Megatron's Mamba layers hard-wire",
    )
    check.must_be(
        "mamba_proj_bias",
        hf.mamba_proj_bias,
        (False,),
        "the class has no such bias, whatever a checkpoint's own code had",
    )
    check.require(
        "M" not in pattern.layers or hf.n_groups < 1 or hf.mamba_num_heads % hf.n_groups == 0,
        "n_groups",
        hf.n_groups,
        "must divide mamba_num_heads",
    )
    check.positive(time_step_max=hf.time_step_max)
    check.deviation(
        "mamba_dt_clamp",
        applies="M" in pattern.layers and hf.time_step_min != 0,
        within=hf.time_step_min <= 0.001,
        field="time_step_min",
        value=hf.time_step_min,
        reason="transformers never lets a Mamba time step be shorter than time_step_min, and Megatron does: the more "
        "steps of a checkpoint are shorter, the more they differ. Published checkpoints have 0.001",
    )
    check.require(
        "M" not in pattern.layers or not hf.use_bias,
        "use_bias",
        hf.use_bias,
        "must be False: Megatron's Mamba projections have no biases",
    )
    check.require(
        "M" not in pattern.layers or hf.use_conv_bias,
        "use_conv_bias",
        hf.use_conv_bias,
        "must be True, which Megatron's Mamba layers hard-wire",
    )


class _Mixer(Protocol):
    @property
    def hidden_act(self) -> str: ...
    @property
    def hidden_size(self) -> int: ...
    @property
    def mamba_chunk_size(self) -> int | None: ...
    @property
    def mamba_conv_bias(self) -> bool | None: ...
    @property
    def mamba_d_conv(self) -> int | None: ...
    @property
    def mamba_d_head(self) -> int | str | None: ...
    @property
    def mamba_d_state(self) -> float | None: ...
    @property
    def mamba_expand(self) -> int | None: ...
    @property
    def mamba_n_groups(self) -> int | None: ...
    @property
    def mamba_n_heads(self) -> int | None: ...
    @property
    def mamba_proj_bias(self) -> bool | None: ...
    @property
    def rms_norm_eps(self) -> float: ...
    @property
    def time_step_limit(self) -> list[float] | tuple[float, float] | None: ...


def mixer(check: Check, hf: _Mixer, pattern: HybridPattern) -> None:
    """Mamba-2 in some layers, under Bamba's field names."""
    check.positive(
        mamba_d_conv=hf.mamba_d_conv,
        mamba_d_state=hf.mamba_d_state,
        mamba_expand=hf.mamba_expand,
        mamba_n_groups=hf.mamba_n_groups,
        mamba_n_heads=hf.mamba_n_heads,
    )
    check.require(
        "M" not in pattern.layers or hf.hidden_act in ("silu", "swish") or hf.hidden_act not in ACTIVATIONS,
        "hidden_act",
        hf.hidden_act,
        "must be 'silu' in a model with Mamba layers, in which Megatron hard-wires that",
    )
    check.require(
        hf.mamba_chunk_size is not None and hf.mamba_chunk_size > 0,
        "mamba_chunk_size",
        hf.mamba_chunk_size,
        "must be above zero; any such size computes the same",
    )
    check.require(
        hf.mamba_chunk_size is not None,
        "mamba_chunk_size",
        hf.mamba_chunk_size,
        "must be given: transformers cannot build a model without it",
    )
    check.require(
        "M" not in pattern.layers or hf.mamba_conv_bias is True,
        "mamba_conv_bias",
        hf.mamba_conv_bias,
        "must be True, which Megatron's Mamba layers hard-wire",
    )
    check.require(
        "M" not in pattern.layers or hf.mamba_d_conv == 4,
        "mamba_d_conv",
        hf.mamba_d_conv,
        "must be 4, which Megatron's Mamba layers hard-wire",
    )
    check.require(
        "M" not in pattern.layers or hf.mamba_d_conv is not None,
        "mamba_d_conv",
        hf.mamba_d_conv,
        "must be given: transformers cannot build a model without it",
    )
    check.require(
        hf.mamba_d_head is not None,
        "mamba_d_head",
        hf.mamba_d_head,
        "must be given: transformers cannot build a model without it",
    )
    check.require(
        isinstance(hf.mamba_d_head, int) and hf.mamba_d_head > 0,
        "mamba_d_head",
        hf.mamba_d_head,
        "must be an integer above zero, which transformers makes of 'auto' when it builds a config",
    )
    check.require(
        hf.mamba_expand is not None
        and (
            not hf.mamba_n_heads
            or not isinstance(hf.mamba_d_head, int)
            or hf.mamba_expand * hf.hidden_size == hf.mamba_n_heads * hf.mamba_d_head
        ),
        "mamba_expand",
        hf.mamba_expand,
        "must be how many times wider than hidden_size all Mamba heads together are: transformers builds no "
        "other model",
    )
    check.require(
        hf.mamba_expand is not None,
        "mamba_expand",
        hf.mamba_expand,
        "must be given: transformers cannot build a model without it",
    )
    check.require(
        not hf.mamba_n_groups or not hf.mamba_n_heads or hf.mamba_n_heads % hf.mamba_n_groups == 0,
        "mamba_n_groups",
        hf.mamba_n_groups,
        "must divide mamba_n_heads",
    )
    check.require(
        "M" not in pattern.layers or hf.mamba_proj_bias is False,
        "mamba_proj_bias",
        hf.mamba_proj_bias,
        "must be False: Megatron's Mamba projections have no biases",
    )
    check.require(
        "M" not in pattern.layers or hf.rms_norm_eps == 1e-5,
        "rms_norm_eps",
        hf.rms_norm_eps,
        "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
    )
    check.require(
        "M" not in pattern.layers or (hf.time_step_limit is not None and tuple(hf.time_step_limit) == (0.0, math.inf)),
        "time_step_limit",
        hf.time_step_limit,
        "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere",
    )


def delta_net_sizes_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What delta_net_sizes reads back."""
    return {
        "linear_conv_kernel_dim": transformer.linear_conv_kernel_dim,
        "linear_key_head_dim": transformer.linear_key_head_dim,
        "linear_num_key_heads": transformer.linear_num_key_heads,
        "linear_num_value_heads": transformer.linear_num_value_heads,
        "linear_value_head_dim": transformer.linear_value_head_dim,
    }


def mamba_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What mamba reads back."""
    return {
        "mamba_head_dim": transformer.mamba_head_dim,
        "mamba_num_heads": transformer.mamba_num_heads,
        "mamba_proj_bias": False,
        "n_groups": transformer.mamba_num_groups,
        "ssm_state_size": transformer.mamba_state_dim,
    }


def mixer_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What mixer reads back."""
    return {
        "mamba_d_head": transformer.mamba_head_dim,
        "mamba_d_state": transformer.mamba_state_dim,
        "mamba_expand": (transformer.mamba_num_heads or 0) * transformer.mamba_head_dim // transformer.hidden_size,
        "mamba_n_groups": transformer.mamba_num_groups,
        "mamba_n_heads": transformer.mamba_num_heads,
    }
