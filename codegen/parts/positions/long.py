"""LongRoPE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, RopeConfig, yarn
from codegen.table import Inverse, Local, NoInverse, Part, layered, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.long_rope import LongRope, is_long, long_rope, of_model, with_factors
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters


LONG_FACTORS: Final = (
    "rope_short_factor",
    "rope_long_factor",
    "rope_original_max_position_embeddings",
    "rope_attention_factor",
)
"""What LongRoPE says of the layers."""


def long(hf: RopeConfig, check: Check) -> LongRope:
    return long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def is_no_longrope(hf: RopeConfig) -> bool:
    return not is_long(rope_parameters_of(hf))


LONG_ROPE: Final = Part(
    rows=(
        *layered(
            Local("long", long, gives=LONG_FACTORS),
            otherwise=require(
                "rope_parameters",
                is_no_longrope,
                "must not be of type 'longrope': it divides every frequency by a factor of its own, from a list that "
                "the length of the sequence chooses, and Megatron has one factor for all",
                inverse=NoInverse("rope_parameters is read back where the rope is read"),
            ),
        ),
    ),
)
"""What LongRoPE does to the rope of a model, beside a rope that is read without it."""


def rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return with_factors(gpt_rope_parameters(model), layers)


def rope_of_hybrid(hf: RopeConfig, check: Check) -> HybridRope:
    return hybrid_rope(check, of_model(rope_parameters_of(hf)), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back_of_hybrid(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    return with_factors(hybrid_rope_parameters(model), layers)


ROPE_OR_LONG_ROPE: Final = Part(
    includes=(ROPE_KEYS, LONG_ROPE),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", rope_of_hybrid, (Inverse("rope_parameters", rope_parameters_back_of_hybrid),), HYBRID_ROPE, yarn),
    ),
)
"""Rotary positions without latent attention, of which LongRoPE is one."""
