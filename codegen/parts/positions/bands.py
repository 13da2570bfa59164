"""Llama 3's rope with bands of frequencies of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.positions.rope import GPT_ROPE, ROPE_KEYS, RopeConfig, yarn
from codegen.table import Computed, Constant, Inverse, Local, NoInverse, Part, layered, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_bands import (
        banded_rope_parameters,
        has_stock_bands,
        high_freq_factor,
        in_stock_bands,
        low_freq_factor,
    )


def banded_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        in_stock_bands(rope_parameters_of(hf)),
        max_position_embeddings=hf.max_position_embeddings,
        rotary_interleaved=True,
    )


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return banded_rope_parameters(model, layers)


def rope_scaling_low_freq_factor(hf: RopeConfig) -> float:
    return low_freq_factor(rope_parameters_of(hf))


def rope_scaling_high_freq_factor(hf: RopeConfig) -> float:
    return high_freq_factor(rope_parameters_of(hf))


def bands_are_megatrons(hf: RopeConfig) -> bool:
    return has_stock_bands(rope_parameters_of(hf))


_WITH_ROPE: Final = NoInverse("rope_parameters, which is read back, says it")

INTERLEAVED_BANDS: Final = Part(
    includes=(ROPE_KEYS,),
    rows=(
        Local("rope", banded_rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),
        Constant("rotary_interleaved", True, "Hugging Face has no flag: the class rotates pairs of neighbours."),
        *layered(
            Computed("rope_scaling_low_freq_factor", rope_scaling_low_freq_factor, "", _WITH_ROPE),
            Computed("rope_scaling_high_freq_factor", rope_scaling_high_freq_factor, "", _WITH_ROPE),
            otherwise=require(
                "rope_parameters",
                bands_are_megatrons,
                "must have a low_freq_factor of 1 and a high_freq_factor of 4, which Megatron hard-wires",
            ),
        ),
    ),
    hybrid=None,
)
"""Rotary positions of pairs of neighbours, of Llama 3's type with any bands, which Megatron has in a GPTModel only."""
