"""Positions beside rope over whole heads: over a part of a head, learned, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.attention import HeadsConfig
from codegen.families.decoder import ROPE, RopeConfig
from codegen.families.hybrid import ROPE_GIVES
from codegen.families.targets import YARN
from codegen.table import Constant, Inverse, Local, Rename, Require, Row, Rows

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers._check import Check
    from mcore_mappers._rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
    from mcore_mappers._rope_back import gpt_rope_parameters, hybrid_rope_parameters


def partial_rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )


def partial_rope_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters(model, partial_rotary=True)


def partial_hybrid_rope(hf: RopeConfig, check: Check) -> HybridRope:
    return hybrid_rope(
        check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings, partial_rotary=True
    )


def partial_hybrid_rope_back(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_rope_parameters(model, partial_rotary=True)


PARTIAL_ROPE: Final = Rows(
    module=__name__,
    extends=(ROPE,),
    drop=("rope",),
    rows=(
        Local(
            "rope",
            partial_rope,
            gives=(*ROPE_GIVES, "rope_scaling", "rope_scaling_factor"),
            inverse=(Inverse("rope_parameters", partial_rope_back),),
        ),
    ),
)
"""Rotary positions over the part of a head that `rope_parameters` names."""

PARTIAL_HYBRID_ROPE: Final = Local(
    "rope", partial_hybrid_rope, gives=ROPE_GIVES, inverse=(Inverse("rope_parameters", partial_hybrid_rope_back),)
)
"""The same in a hybrid model."""


def rope_is_as_wide(hf: HeadsConfig, check: Check) -> bool:
    return (
        check.undeclared("head_dim") is None
        or not hf.num_attention_heads
        or check.undeclared("head_dim") == hf.hidden_size // hf.num_attention_heads
    )


ROPE_WIDTH: Final = Require(
    "head_dim",
    rope_is_as_wide,
    "must be hidden_size // num_attention_heads: only rope looks here, and the attention has no other width",
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
