"""LongRoPE in `rope_parameters`: the rope of it that Megatron's model has, and what layers do to that."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard, cast

from .carried import NOT_CARRIED, NotCarried
from .rope import rope_key
from .rope_values import is_number

if TYPE_CHECKING:
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check
    from .layers.fields import Layers

_FIELD: Final = "rope_parameters"
_ORIGINAL: Final = "original_max_position_embeddings"


class LongRope(NamedTuple):
    """The fields of `Layers` that say a LongRoPE; of any other rope, those of a model that has none."""

    rope_short_factor: tuple[float, ...] | None = None
    rope_long_factor: tuple[float, ...] | None = None
    rope_original_max_position_embeddings: int | None = None
    rope_attention_factor: float = 1.0


def is_long(rope_parameters: object) -> TypeGuard[Mapping[str, object]]:
    """Whether it is a LongRoPE."""
    return isinstance(rope_parameters, dict) and cast("Mapping[str, object]", rope_parameters).get("rope_type") == (
        "longrope"
    )


def of_model(
    rope_parameters: RopeParameters | dict[str, object] | None,
) -> RopeParameters | dict[str, object] | None:
    """The rope that the model has, which layers divide: of a LongRoPE a plain one with its base, else the same."""
    return {**rope_parameters, "rope_type": "default"} if is_long(rope_parameters) else rope_parameters


def long_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, *, max_position_embeddings: int
) -> LongRope:
    """What layers do to the rope of the model.

    Args:
        check: takes what cannot be represented; the result is then of no use.
        rope_parameters: the field of the Hugging Face config.
        max_position_embeddings: the field of the Hugging Face config, by which a factor follows that is not given.
    """
    if not is_long(rope_parameters):
        return LongRope()
    short, long, original = _by_length(check, rope_parameters)
    attention = _attention_factor(check, rope_parameters, original, max_position_embeddings)
    return LongRope(short, long, original, attention)


def scaled_long_rope(check: Check, rope_parameters: RopeParameters | dict[str, object] | None) -> LongRope:
    """The same of Phi-3.5-MoE, whose LongRoPE itself says by what cosines and sines are multiplied.

    Args:
        check: takes what cannot be represented; the result is then of no use.
        rope_parameters: the field of the Hugging Face config.
    """
    if not is_long(rope_parameters):
        return LongRope()
    short, long = (rope_parameters.get(f"{length}_mscale") for length in ("short", "long"))
    if not is_number(short) or short <= 0:
        check.refuse(f"{_FIELD}.short_mscale", short, "must be a finite number above zero")
        short = 1.0
    elif short != long:
        reason = "must equal short_mscale: layers multiply by one number, however long texts are"
        check.refuse(f"{_FIELD}.long_mscale", long, reason)
    return LongRope(*_by_length(check, rope_parameters), float(short))


def latent_long_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, *, max_position_embeddings: int
) -> LongRope:
    """The same of latent attention, which makes its angles without knowing how long texts are.

    Args:
        check: as for `long_rope`, and so the next two.
        rope_parameters: the field of the Hugging Face config.
        max_position_embeddings: the field of the Hugging Face config.
    """
    found = long_rope(check, rope_parameters, max_position_embeddings=max_position_embeddings)
    if not is_long(rope_parameters):
        return found
    if found.rope_long_factor != found.rope_short_factor:
        reason = "must be short_factor: Megatron's latent attention makes its angles without knowing how long texts are"
        check.refuse(f"{_FIELD}.long_factor", rope_parameters.get("long_factor"), reason)
    # Where the original length is refused, nothing follows from it.
    stated = rope_parameters.get(_ORIGINAL) == found.rope_original_max_position_embeddings
    if stated and found.rope_attention_factor != 1.0:
        reason = "must be 1, or follow as that: Megatron's latent attention has no factor of cosines and sines"
        check.refuse(f"{_FIELD}.attention_factor", found.rope_attention_factor, reason)
    if rope_parameters.get("mscale_all_dim") not in (None, 0):
        reason = "must be 0 or left out: it scales the softmax, and belongs to YaRN"
        check.refuse(f"{_FIELD}.mscale_all_dim", rope_parameters.get("mscale_all_dim"), reason)
    return found


def short_alone(rope_parameters: RopeParameters | dict[str, object] | None) -> int | None:
    """The length of texts beyond which a class that never takes the long factors differs from one that does."""
    if not is_long(rope_parameters) or rope_parameters.get("short_factor") == rope_parameters.get("long_factor"):
        return None
    original = rope_parameters.get(_ORIGINAL)
    return original if type(original) is int else None


def _by_length(check: Check, rope: Mapping[str, object]) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """The factors of short texts and those of long ones, and how long the former are at most."""
    pairs = _pairs(check, rope)
    short, long = (_factors(check, rope, key, pairs) for key in ("short_factor", "long_factor"))
    original = rope.get(_ORIGINAL)
    if type(original) is not int or original <= 1:
        check.refuse(f"{_FIELD}.{_ORIGINAL}", original, "must be an integer above one")
        original = 2
    return short, long, original


def _pairs(check: Check, rope: Mapping[str, object]) -> int | None:
    """How many pairs of channels are rotated; None where that is refused elsewhere."""
    width, part = check.width_of_heads("head_dim"), rope.get("partial_rotary_factor", 1.0)
    return int(width * part) // 2 if isinstance(width, int) and is_number(part) and 0 < part <= 1 else None


def _factors(check: Check, rope: Mapping[str, object], key: str, pairs: int | None) -> tuple[float, ...]:
    value: object = rope.get(key)
    factors = cast("Sequence[object]", value) if type(value) in (list, tuple) else ()
    numbers = tuple(float(each) for each in factors if is_number(each) and each > 0)
    if not numbers or len(numbers) < len(factors) or pairs not in (None, len(numbers)):
        count = "as many" if pairs is None else str(pairs)
        reason = f"must be a list of {count} numbers above zero, one for each rotated pair of a head's channels"
        check.refuse(f"{_FIELD}.{key}", value, reason)
        return (1.0,) * (pairs or 1)
    return numbers


def _attention_factor(check: Check, rope: Mapping[str, object], original: int, max_position_embeddings: int) -> float:
    """What cosines and sines are multiplied by, as transformers derives it where nothing says it."""
    said, factor = rope.get("attention_factor"), rope.get("factor")
    for key, value in (("attention_factor", said), ("factor", factor)):
        if value is not None and not (is_number(value) and value > 0):
            check.refuse(f"{_FIELD}.{key}", value, "must be a finite number above zero, or be left out")
            return 1.0
    if is_number(said):
        return float(said)
    stretched = factor if is_number(factor) else max_position_embeddings / original
    return _stretched(stretched, original) if stretched > 1 else 1.0


def stretched_by(max_position_embeddings: int, original: int) -> float | None:
    """The attention factor of Microsoft's code, which follows from the two lengths alone; None where that is none."""
    # Lengths below one are refused as such.
    stretched = max(max_position_embeddings, 1) / original
    return _stretched(stretched, original) if stretched * original > 1 else None


def stretched_length(layers: Layers) -> int | NotCarried:
    """The inverse of `stretched_by`: the length for which the attention factor is that; any other rope has none."""
    original = layers.rope_original_max_position_embeddings
    return NOT_CARRIED if original is None else round(original ** (layers.rope_attention_factor**2))


def _stretched(factor: float, original: int) -> float:
    return math.sqrt(1 + math.log(factor) / math.log(original))


def with_factors(rope: Mapping[str, object], layers: Layers) -> dict[str, object]:
    """The `rope_parameters` of a model's rope and what its layers do to it."""
    if layers.rope_short_factor is None:
        return {**rope}
    return {
        **rope,
        "rope_type": "longrope",
        "short_factor": [*layers.rope_short_factor],
        "long_factor": [*(layers.rope_long_factor or ())],
        _ORIGINAL: layers.rope_original_max_position_embeddings,
        "attention_factor": layers.rope_attention_factor,
    }


def with_mscale(rope: Mapping[str, object], layers: Layers) -> dict[str, object]:
    """The same in the words of Phi-3.5-MoE, which has two names for one number."""
    factors = with_factors(rope, layers)
    if layers.rope_short_factor is None:
        return factors
    said = factors.pop("attention_factor")
    return {**factors, "short_mscale": said, "long_mscale": said}


def original_length(layers: Layers) -> int | NotCarried:
    """The length up to which the short factors hold; any other rope has none."""
    length = layers.rope_original_max_position_embeddings
    return NOT_CARRIED if length is None else length


def states_its_length(
    rope_parameters: RopeParameters | dict[str, object] | None, original_max_position_embeddings: int | None
) -> bool:
    """Whether a field beside a LongRoPE says the same original length; of any other rope nobody reads it."""
    # A rope that says none is refused as such.
    inside = rope_key(rope_parameters, _ORIGINAL)
    return not is_long(rope_parameters) or inside in (None, original_max_position_embeddings)
