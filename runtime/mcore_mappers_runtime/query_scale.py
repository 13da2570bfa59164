"""Rope of families that also scale queries by a factor that grows with the position, as stock Megatron does not.

Up to a length the factor is one, so that the two sides are equal.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from .rope import GPTRope, HybridRope, MLARope, gpt_rope, hybrid_rope, mla_rope, rope_key
from .rope_back import gpt_rope_parameters, hybrid_rope_parameters, mla_rope_parameters
from .rope_values import is_number

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import MLATransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check
    from .layers.fields import Layers

_BETA, _LENGTH = "llama_4_scaling_beta", "original_max_position_embeddings"
_PART = "partial_rotary_factor"


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


def scaling_mla_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    head: int,
    rotated: int,
) -> MLARope:
    """As `mla_rope`, of a class whose ropes are of a part of a head; refuses what does not say how queries are scaled.

    Args:
        check: as for `mla_rope`, and so the next two.
        rope_parameters: the field of the Hugging Face config.
        max_position_embeddings: the field of the Hugging Face config.
        head: the width of a head of queries.
        rotated: how much of that the attention rotates, as the rope has to have it.
    """
    _check_scale(check, rope_parameters)
    values = _of_what_is_rotated(check, rope_parameters, head, rotated)
    return mla_rope(check, values, max_position_embeddings=max_position_embeddings, no_default=True)


def scaled_beyond(rope_parameters: RopeParameters | dict[str, object] | None) -> int | None:
    """The number of tokens whose queries keep their scale; None where all do, or where it is not said."""
    beta, length = rope_key(rope_parameters, _BETA), rope_key(rope_parameters, _LENGTH)
    # Positions are counted from zero, and divided by a length that need not be integral.
    return math.ceil(length) if beta and is_number(beta) and is_number(length) else None


def growth_of(rope_parameters: RopeParameters | dict[str, object] | None) -> float | None:
    """By how much queries are scaled; None where they are not, or where it is not said."""
    beta = rope_key(rope_parameters, _BETA)
    return beta if is_number(beta) and beta else None


def length_of(rope_parameters: RopeParameters | dict[str, object] | None) -> float | None:
    """The length by which positions are divided; None where queries are not scaled, or where it is not said."""
    length = rope_key(rope_parameters, _LENGTH)
    return length if growth_of(rope_parameters) is not None and is_number(length) else None


def scaling_gpt_rope_parameters(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    """The inverse of `scaling_gpt_rope`."""
    return _scaling(gpt_rope_parameters(model), model.seq_length, layers)


def scaling_hybrid_rope_parameters(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    """The inverse of `scaling_hybrid_rope`."""
    return _scaling(hybrid_rope_parameters(model), model.seq_length, layers)


def scaling_mla_rope_parameters(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> dict[str, object]:
    """The inverse of `scaling_mla_rope`."""
    parameters = mla_rope_parameters(model)
    if parameters["rope_type"] == "default":
        parameters |= {"rope_type": "linear", "factor": 1.0}
    # Not the outer fields, which are defaults of their class.
    held = cast("MLATransformerConfig", model.transformer)
    part = part_of(held.qk_pos_emb_head_dim, held.qk_head_dim + held.qk_pos_emb_head_dim)
    return {**_scaling(parameters, model.seq_length, layers), _PART: part}


def part_of(rotated: int, head: int) -> float:
    """A part of a head of which transformers, which cuts off what is behind the point, makes what is rotated."""
    part = rotated / head
    return part if int(head * part) == rotated else math.nextafter(part, 1.0)


def _of_what_is_rotated(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, head: int, rotated: int
) -> RopeParameters | dict[str, object] | None:
    """The same keys as of a rope of what is rotated alone, where the part that they say is that; else it is refused."""
    if not isinstance(rope_parameters, dict) or not rope_parameters or _is_nested(rope_parameters):
        return rope_parameters
    part = rope_key(rope_parameters, _PART) if _PART in rope_parameters else 1.0
    if not is_number(part) or not 0 < part <= 1 or int(head * part) != rotated:
        reason = (
            f"must be the part of a head, which is {head} wide, that is rotated, which is {rotated}: transformers "
            "makes the rope so wide, and adds the key where a config is built without"
        )
        check.refuse(f"rope_parameters.{_PART}", part, reason)
    values = cast("dict[str, object]", rope_parameters)
    return {key: value for key, value in values.items() if key != _PART}


def _check_scale(check: Check, rope_parameters: RopeParameters | dict[str, object] | None) -> None:
    """Transformers multiplies by 1 + beta * log(1 + position // length), and cannot do without either number."""
    if not isinstance(rope_parameters, dict) or _is_nested(rope_parameters):
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


def _is_nested(rope_parameters: RopeParameters | dict[str, object]) -> bool:
    """Whether there is a rope for each of several types of layers."""
    return any(isinstance(value, dict) for value in rope_parameters.values())


def _scaling(parameters: dict[str, object], length: int, layers: Layers) -> dict[str, object]:
    """With the scale of queries: whatever length goes with it, where the rope has none."""
    given = layers.query_temperature_length
    said = length if given is None else int(given) if given == int(given) else given
    return {_LENGTH: said, **parameters, _BETA: layers.query_temperature_scale or 0.0}
