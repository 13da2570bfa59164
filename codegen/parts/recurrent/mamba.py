"""Mamba-2 layers in hybrid models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import (
    Domain,
    Ignored,
    Inverse,
    Kind,
    NoInverse,
    Part,
    Rename,
    deviation,
    must_be,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.layer_kinds import HybridPattern


class MambaConfig(Protocol):
    """A config with Mamba-2 layers."""

    n_groups: int
    mamba_num_heads: int
    mamba_hidden_act: str
    conv_kernel: int
    use_conv_bias: bool
    use_bias: bool
    layer_norm_epsilon: float
    chunk_size: int
    time_step_min: float


def no_mamba_or_groups_fit(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.n_groups < 1 or hf.mamba_num_heads % hf.n_groups == 0


def no_mamba_or_four_taps(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.conv_kernel == 4


def no_mamba_or_conv_bias(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.use_conv_bias


def no_mamba_or_no_bias(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or not hf.use_bias


def no_mamba_or_silu(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.mamba_hidden_act in ("silu", "swish")


def conv_kernel_of(model: HybridModelConfig) -> int | NotCarried:
    return 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def use_conv_bias_of(model: HybridModelConfig) -> bool | NotCarried:
    return True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def use_bias_of(model: HybridModelConfig) -> bool | NotCarried:
    return False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def mamba_hidden_act_of(model: HybridModelConfig) -> str | NotCarried:
    return "silu" if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def no_mamba_or_usual_eps(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.layer_norm_epsilon == 1e-5


def chunk_holds_a_step(hf: MambaConfig) -> bool:
    return hf.chunk_size > 0


def steps_are_clamped(hf: MambaConfig, pattern: HybridPattern) -> bool:
    return "M" in pattern.layers and hf.time_step_min != 0


def clamp_is_low(hf: MambaConfig) -> bool:
    return hf.time_step_min <= 0.001


MAMBA: Final = Part(
    rows=(
        Rename("ssm_state_size", "mamba_state_dim"),
        Rename("mamba_num_heads", "mamba_num_heads"),
        Rename("mamba_head_dim", "mamba_head_dim"),
        Rename("n_groups", "mamba_num_groups"),
        *positive("ssm_state_size", "mamba_num_heads", "mamba_head_dim", "n_groups"),
        *not_negative("time_step_min"),
        require("n_groups", no_mamba_or_groups_fit, "must divide mamba_num_heads"),
        require(
            "conv_kernel",
            no_mamba_or_four_taps,
            "must be 4, which Megatron's Mamba layers hard-wire",
            inverse=(Inverse("conv_kernel", conv_kernel_of),),
        ),
        require(
            "use_conv_bias",
            no_mamba_or_conv_bias,
            "must be True, which Megatron's Mamba layers hard-wire",
            inverse=(Inverse("use_conv_bias", use_conv_bias_of),),
        ),
        require(
            "use_bias",
            no_mamba_or_no_bias,
            "must be False: Megatron's Mamba projections have no biases",
            inverse=(Inverse("use_bias", use_bias_of),),
        ),
        require(
            "mamba_hidden_act",
            no_mamba_or_silu,
            "must be 'silu', which Megatron's Mamba layers hard-wire",
            inverse=(Inverse("mamba_hidden_act", mamba_hidden_act_of),),
        ),
        require(
            "layer_norm_epsilon",
            no_mamba_or_usual_eps,
            "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
        ),
        require(
            "chunk_size",
            chunk_holds_a_step,
            "must be above zero; any such size computes the same",
            inverse=NoInverse("it sets the chunks in which the scan runs, not what it computes"),
        ),
        deviation(
            "mamba_dt_clamp",
            "time_step_min",
            steps_are_clamped,
            clamp_is_low,
            "transformers never lets a Mamba time step be shorter than time_step_min, and Megatron does: the more "
            "steps of a checkpoint are shorter, the more they differ. Published checkpoints have 0.001",
        ),
        Ignored(
            "time_step_max",
            Kind.INITIALISATION,
            "draws the initial time steps of new Mamba layers",
            Domain.POSITIVE,
        ),
        Ignored("time_step_floor", Kind.INITIALISATION, "draws the initial time steps of new Mamba layers"),
        Ignored(
            "rescale_prenorm_residual", Kind.INITIALISATION, "scales the initial weights of Mamba's output projection"
        ),
        Ignored("time_step_limit", Kind.DEAD, "the class clamps at time_step_min instead"),
        Ignored("expand", Kind.DEAD, "the width of a Mamba layer is mamba_num_heads * mamba_head_dim"),
        Ignored("use_mamba_kernels", Kind.INFERENCE, "kernels are chosen by what is installed; the class only warns"),
        Ignored("mamba_ssm_cache_dtype", Kind.DEAD, "states are cached for generation only"),
        must_be("mamba_proj_bias", (False,), "the class has no such bias, whatever a checkpoint's own code had"),
    ),
)
"""Mamba-2 layers."""
