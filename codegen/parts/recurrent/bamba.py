"""Mamba-2 layers, under Bamba's field names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Inverse, NoInverse, Otherwise, Part, Rename, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers._tables import ACTIVATIONS
    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.layer_kinds import HybridPattern


class MixerConfig(Protocol):
    """A config with Mamba-2 in some layers, under Bamba's field names."""

    hidden_size: int
    hidden_act: str
    rms_norm_eps: float
    mamba_n_heads: int | None
    mamba_d_head: int | str | None
    mamba_n_groups: int | None
    mamba_d_conv: int | None
    mamba_expand: int | None
    mamba_chunk_size: int | None
    mamba_conv_bias: bool | None
    mamba_proj_bias: bool | None
    time_step_limit: list[float] | tuple[float, float] | None


def norm_of_all_groups(field: str) -> Otherwise:
    """What older releases compute where there is more than one group.

    Args:
        field: how the class calls their number.
    """
    why = "the gated norm spans the channels of all groups, and not of each"
    return Otherwise(field, "5.23.0", why, unless=(1,))


def mamba_head_dim(hf: MixerConfig) -> int:
    return hf.mamba_d_head if isinstance(hf.mamba_d_head, int) else 1


def mamba_d_head_of(transformer: TransformerConfig) -> int:
    return transformer.mamba_head_dim


def head_dim_is_number(hf: MixerConfig) -> bool:
    return isinstance(hf.mamba_d_head, int) and hf.mamba_d_head > 0


def head_dim_is_given(hf: MixerConfig) -> bool:
    return hf.mamba_d_head is not None


def expand_is_given(hf: MixerConfig) -> bool:
    return hf.mamba_expand is not None


def chunk_is_given(hf: MixerConfig) -> bool:
    return hf.mamba_chunk_size is not None


def no_mamba_or_taps(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.mamba_d_conv is not None


def groups_fit(hf: MixerConfig) -> bool:
    return not hf.mamba_n_groups or not hf.mamba_n_heads or hf.mamba_n_heads % hf.mamba_n_groups == 0


def expand_fits(hf: MixerConfig) -> bool:
    return hf.mamba_expand is not None and (
        not hf.mamba_n_heads
        or not isinstance(hf.mamba_d_head, int)
        or hf.mamba_expand * hf.hidden_size == hf.mamba_n_heads * hf.mamba_d_head
    )


def mamba_expand_of(transformer: TransformerConfig) -> int:
    return (transformer.mamba_num_heads or 0) * transformer.mamba_head_dim // transformer.hidden_size


def no_mamba_or_four_taps(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.mamba_d_conv == 4


def mamba_d_conv_of(model: HybridModelConfig) -> int | NotCarried:
    return 4 if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def no_mamba_or_conv_bias(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.mamba_conv_bias is True


def mamba_conv_bias_of(model: HybridModelConfig) -> bool | NotCarried:
    return True if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def no_mamba_or_no_bias(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.mamba_proj_bias is False


def mamba_proj_bias_of(model: HybridModelConfig) -> bool | NotCarried:
    return False if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def no_mamba_or_silu(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.hidden_act in ("silu", "swish") or hf.hidden_act not in ACTIVATIONS


def no_mamba_or_usual_eps(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or hf.rms_norm_eps == 1e-5


def no_mamba_or_free_steps(hf: MixerConfig, pattern: HybridPattern) -> bool:
    return "M" not in pattern.layers or (
        hf.time_step_limit is not None and tuple(hf.time_step_limit) == (0.0, math.inf)
    )


def time_step_limit_of(model: HybridModelConfig) -> tuple[float, float] | NotCarried:
    return (0.0, math.inf) if "M" in (model.hybrid_layer_pattern or "") else NOT_CARRIED


def chunk_holds_a_step(hf: MixerConfig) -> bool:
    return hf.mamba_chunk_size is not None and hf.mamba_chunk_size > 0


MIXER: Final = Part(
    rows=(
        Rename("mamba_n_heads", "mamba_num_heads", required=True),
        Computed("mamba_head_dim", mamba_head_dim, "", inverse=(Inverse("mamba_d_head", mamba_d_head_of),)),
        Rename("mamba_d_state", "mamba_state_dim", required=True),
        Rename("mamba_n_groups", "mamba_num_groups", required=True),
        *positive("mamba_n_heads", "mamba_d_state", "mamba_n_groups", "mamba_expand", "mamba_d_conv"),
        *(
            require(name, given, "must be given: transformers cannot build a model without it")
            for name, given in (
                ("mamba_expand", expand_is_given),
                ("mamba_chunk_size", chunk_is_given),
                ("mamba_d_head", head_dim_is_given),
            )
        ),
        require("mamba_d_conv", no_mamba_or_taps, "must be given: transformers cannot build a model without it"),
        require("mamba_n_groups", groups_fit, "must divide mamba_n_heads"),
        require(
            "mamba_d_head",
            head_dim_is_number,
            "must be an integer above zero, which transformers makes of 'auto' when it builds a config",
        ),
        require(
            "mamba_expand",
            expand_fits,
            "must be how many times wider than hidden_size all Mamba heads together are: transformers builds no other "
            "model",
            inverse=(Inverse("mamba_expand", mamba_expand_of),),
        ),
        require(
            "mamba_d_conv",
            no_mamba_or_four_taps,
            "must be 4, which Megatron's Mamba layers hard-wire",
            inverse=(Inverse("mamba_d_conv", mamba_d_conv_of),),
        ),
        require(
            "mamba_conv_bias",
            no_mamba_or_conv_bias,
            "must be True, which Megatron's Mamba layers hard-wire",
            inverse=(Inverse("mamba_conv_bias", mamba_conv_bias_of),),
        ),
        require(
            "mamba_proj_bias",
            no_mamba_or_no_bias,
            "must be False: Megatron's Mamba projections have no biases",
            inverse=(Inverse("mamba_proj_bias", mamba_proj_bias_of),),
        ),
        require(
            "hidden_act",
            no_mamba_or_silu,
            "must be 'silu' in a model with Mamba layers, in which Megatron hard-wires that",
        ),
        require(
            "rms_norm_eps",
            no_mamba_or_usual_eps,
            "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
        ),
        require(
            "time_step_limit",
            no_mamba_or_free_steps,
            "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere",
            inverse=(Inverse("time_step_limit", time_step_limit_of),),
        ),
        require(
            "mamba_chunk_size",
            chunk_holds_a_step,
            "must be above zero; any such size computes the same",
            inverse=NoInverse("it sets the chunks in which the scan runs, not what it computes"),
        ),
    ),
    older=(norm_of_all_groups("mamba_n_groups"),),
)
"""Mamba-2 in some layers, under Bamba's field names."""
