"""Positions that are learned, or not there, and what rope reads of heads that attention does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.megatron.targets import YARN
from codegen.parts.attention.heads import HeadsConfig
from codegen.table import Constant, Part, require

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
"""Rope as wide as the heads of attention, which do not read `head_dim` themselves."""

NOT_ROTARY: Final = Part(
    rows=(
        Constant("rotary_base", 10000, "Not read without rotary positions."),
        Constant("rotary_percent", 1.0, "Not read without rotary positions."),
    )
)
"""What rotary positions would need, and no others do."""

NO_POSITIONS: Final = Part(
    includes=(NOT_ROTARY,),
    rows=(
        Constant("position_embedding_type", "none", "The class has no positional information."),
        *(Constant(name, None, "Not read without rotary positions.") for name in YARN),
    ),
)
"""Hybrid models without positions."""

LEARNED: Final = Part(
    includes=(NOT_ROTARY,),
    rows=(Constant("position_embedding_type", "learned_absolute", "A table of positions, added to the embedding."),),
)
"""Learned positions, whose number is `seq_length`; for targets that bind it."""
