"""Rope of families that also scale queries by a factor that grows with the position, which Megatron does not have.

Up to a length the factor is one, so that the two sides are equal.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, is_number, rope_key
from .rope_back import gpt_rope_parameters, hybrid_rope_parameters

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

_BETA, _LENGTH = "llama_4_scaling_beta", "original_max_position_embeddings"


def scaling_gpt_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, *, max_position_embeddings: int
) -> GPTRope:
    """As `gpt_rope`; refuses what does not say how queries are scaled."""
    _check_scale(check, rope_parameters)
    return gpt_rope(check, rope_parameters, max_position_embeddings=max_position_embeddings)


def scaling_hybrid_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, *, max_position_embeddings: int
) -> HybridRope:
    """As `hybrid_rope`; refuses what does not say how queries are scaled."""
    _check_scale(check, rope_parameters)
    return hybrid_rope(check, rope_parameters, max_position_embeddings=max_position_embeddings)


def scaled_beyond(rope_parameters: RopeParameters | dict[str, object] | None) -> int | None:
    """The number of tokens whose queries keep their scale; None where all do, or where it is not said."""
    beta, length = rope_key(rope_parameters, _BETA), rope_key(rope_parameters, _LENGTH)
    # Positions are counted from zero, and divided by a length that need not be integral.
    return math.ceil(length) if beta and is_number(beta) and is_number(length) else None


def unscaled_gpt_rope_parameters(model: GPTModelConfig) -> dict[str, object]:
    """The inverse of `scaling_gpt_rope`, of a model that scales no query."""
    return _unscaled(gpt_rope_parameters(model), model.seq_length)


def unscaled_hybrid_rope_parameters(model: HybridModelConfig) -> dict[str, object]:
    """The inverse of `scaling_hybrid_rope`, of a model that scales no query."""
    return _unscaled(hybrid_rope_parameters(model), model.seq_length)


def _check_scale(check: Check, rope_parameters: RopeParameters | dict[str, object] | None) -> None:
    """Transformers multiplies by 1 + beta * log(1 + position // length), and cannot do without either number."""
    if not isinstance(rope_parameters, dict) or any(isinstance(value, dict) for value in rope_parameters.values()):
        return
    values: dict[str, object] = {**rope_parameters}
    if not values:
        return
    if not is_number(values.get(_BETA)):
        reason = "must be a finite number: transformers scales queries by it and the logarithm of their position"
        check.refuse(f"rope_parameters.{_BETA}", values.get(_BETA), reason)
    length = values.get(_LENGTH)
    # The other types need it themselves.
    if values.get("rope_type") in ("default", "linear", "dynamic") and not (is_number(length) and length > 0):
        check.refuse(f"rope_parameters.{_LENGTH}", length, "must be above zero: transformers divides positions by it")


def _unscaled(parameters: dict[str, object], length: int) -> dict[str, object]:
    return {_LENGTH: length, **parameters, _BETA: 0.0}
