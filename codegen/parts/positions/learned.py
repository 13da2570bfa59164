"""Positions that are learned, or not there, and what rope reads of heads that attention does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.megatron.targets import YARN
from codegen.parts.attention.heads import HeadsConfig
from codegen.table import Constant, Part, Rename, Row, require

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


def rope_is_as_wide(hf: HeadsConfig, check: Check) -> bool:
    return (
        check.undeclared("head_dim") is None
        or not hf.num_attention_heads
        or check.undeclared("head_dim") == hf.hidden_size // hf.num_attention_heads
    )


ROPE_WIDTH: Final = Part(
    rows=(
        require(
            "head_dim",
            rope_is_as_wide,
            "must be hidden_size // num_attention_heads: only rope looks here, and the attention has no other width",
        ),
    )
)
"""For families whose attention does not look at `head_dim`, though rope does."""

NOT_ROTARY: Final[tuple[Row, ...]] = (
    Constant("rotary_base", 10000, "Not read without rotary positions."),
    Constant("rotary_percent", 1.0, "Not read without rotary positions."),
)

NO_POSITIONS: Final[tuple[Row, ...]] = (
    Constant("position_embedding_type", "none", "No layer of the class knows positions."),
    *NOT_ROTARY,
    *(Constant(name, None, "Not read without rotary positions.") for name in YARN),
)
"""For hybrid models."""


def learned_positions(length: str) -> tuple[Row, ...]:
    """The rows of learned positions, whose number is in the field `length`; for targets that bind `seq_length`."""
    return (
        Constant("position_embedding_type", "learned_absolute", "A table of positions, added to the embedding."),
        Rename(length, "seq_length"),
        *NOT_ROTARY,
    )
