"""LongRoPE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.parts.positions.rope import RopeConfig
from codegen.table import Local, NoInverse, Part, layered, require

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.long_rope import LongRope, is_long, long_rope
    from mcore_mappers_runtime.rope import rope_parameters_of


def long(hf: RopeConfig, check: Check) -> LongRope:
    return long_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def is_no_longrope(hf: RopeConfig) -> bool:
    return not is_long(rope_parameters_of(hf))


LONG_ROPE: Final = Part(
    rows=(
        *layered(
            Local(
                "long",
                long,
                gives=(
                    "rope_short_factor",
                    "rope_long_factor",
                    "rope_original_max_position_embeddings",
                    "rope_attention_factor",
                ),
            ),
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
