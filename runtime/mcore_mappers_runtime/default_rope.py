"""Rope for classes that refuse to be built with any scaled kind that Megatron has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_key

if TYPE_CHECKING:
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

_SCALED = ("linear", "dynamic", "llama3", "yarn")


def default_gpt_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    partial_rotary: bool = True,
) -> GPTRope:
    """As `gpt_rope`, by default of a part of each head; a scaled kind is refused."""
    _check_default(check, rope_parameters)
    return gpt_rope(
        check, rope_parameters, max_position_embeddings=max_position_embeddings, partial_rotary=partial_rotary
    )


def default_hybrid_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    partial_rotary: bool = True,
) -> HybridRope:
    """As `hybrid_rope`, by default of a part of each head; a scaled kind is refused."""
    _check_default(check, rope_parameters)
    return hybrid_rope(
        check, rope_parameters, max_position_embeddings=max_position_embeddings, partial_rotary=partial_rotary
    )


def _check_default(check: Check, rope_parameters: RopeParameters | dict[str, object] | None) -> None:
    """What another type says can only have been set after the config was built, and could not be read back."""
    rope_type = rope_key(rope_parameters, "rope_type")
    if rope_type in _SCALED:
        reason = "must be 'default': the config class refuses to be built with this type"
        check.refuse("rope_parameters.rope_type", rope_type, reason)
