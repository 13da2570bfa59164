"""Reads the values of one `rope_parameters` as transformers reads them, and refuses what Megatron cannot compute."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard, cast

from .bounds import NUMBER
from .near import hint
from .shown import listed, shown

if TYPE_CHECKING:
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

_FIELD = "rope_parameters"
# The types that Megatron has nowhere.
UNREPRESENTABLE = {
    "longrope": "it divides every frequency by a factor of its own, from a list that the length of the sequence "
    "chooses, and Megatron has one factor for all",
    "proportional": "it takes the exponents of the rotated frequencies over the whole head, and Megatron takes them "
    "over the rotated part",
    "axial": "it rotates by more than one coordinate per token, and Megatron's text models have one position",
}
# What Megatron's RotaryEmbedding hard-wires for Llama 3, by the key of Hugging Face.
_LLAMA3 = {"low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}
# Stands for a refused number: an integer above one, so that nothing else has to be refused on its account.
_REFUSED = 2.0


def mscale_of(factor: float, mscale: float = 1.0) -> float:
    """What both sides call mscale, written as both compute it."""
    return 0.1 * mscale * math.log(factor) + 1.0 if factor > 1 else 1.0


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a finite number; bools and strings are none."""
    return _finite(value) is not None


def _finite(value: object) -> float | None:
    """The number that `value` is, or None if it is no finite number; bools and strings are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


class RopeValues:
    """Typed reads from one `rope_parameters`, each with the default of transformers; they refuse, and never raise."""

    def __init__(
        self, check: Check, rope_parameters: RopeParameters | dict[str, object] | None, width: str = "head_dim"
    ) -> None:
        self._check = check
        self._width = width
        if not isinstance(rope_parameters, dict) or not rope_parameters:
            check.refuse(_FIELD, rope_parameters, "must be a dict with at least rope_type and rope_theta")
            self.values: Mapping[str, object] = {}
            return
        values = cast("Mapping[str, object]", rope_parameters)
        if nested := [key for key, value in values.items() if isinstance(value, dict)]:
            reason = f"has a rope for each of {listed(nested)}; Megatron has one for all layers"
            check.refuse(_FIELD, rope_parameters, reason)
            values = {}
        self.values = values

    def refuse(self, key: str, reason: str) -> None:
        """Record that a key keeps the config from being mapped."""
        self._check.refuse(f"{_FIELD}.{key}", self.values.get(key), reason)

    def rope_type(self, supported: tuple[str, ...], lacks: Mapping[str, str]) -> str | None:
        """One of `supported`, or None when refused."""
        if not self.values:
            return None
        value = self.values.get("rope_type")
        if isinstance(value, str) and value in supported:
            return value
        names = ", ".join(map(repr, supported))
        if value is None:
            self.refuse("rope_type", f"missing: transformers reads it from here; Megatron has {names}")
        elif not isinstance(value, str):
            self.refuse("rope_type", f"must be a string, one of {names}")
        elif value in (reasons := {**UNREPRESENTABLE, **lacks}):
            self.refuse("rope_type", f"{reasons[value]} (supported: {names})")
        else:
            self.refuse("rope_type", f"unknown to transformers{hint(value, supported)}; supported: {names}")
        return None

    def base(self, rope_type: str | None) -> int:
        """`rope_theta`, an int where that is exact."""
        if not self.values:
            return 1
        number, value = self.positive("rope_theta"), self.values.get("rope_theta")
        if rope_type == "yarn" and _finite(value) == 1:
            self.refuse("rope_theta", "YaRN divides by the logarithm of the base, which is zero here")
        if isinstance(value, int):
            return value
        # Beyond 63 bits torch takes floats only.
        return int(number) if number.is_integer() and number < 2**63 else cast(int, number)

    def rotary_percent(self, rope_type: str | None, *, partial_rotary: bool) -> float:
        """How much of a head is rotated: all of it, unless the default rope of the class reads a part."""
        percent = self._rotary_percent(rope_type, partial_rotary=partial_rotary)
        width = self._check.width_of_heads(self._width)
        if type(width) is int and 0 < width <= NUMBER and width < (rotated := int(width * percent)) + rotated % 2:
            self._check.refuse_width(
                self._width, width, "rope rotates pairs of numbers, and the last of a head has none"
            )
        if rope_type in ("dynamic", "yarn", "llama3") and self._check.is_set(self._width):
            # The default rope of classes with None divides instead; these do not.
            self._check.given(self._width, self._check.undeclared(self._width))
        if rope_type == "dynamic" and type(width) is int and int(width * percent) == 2:
            self._check.refuse_width(
                self._width, width, "dynamic NTK divides by how many rotated numbers there are beyond two"
            )
        return percent

    def _rotary_percent(self, rope_type: str | None, *, partial_rotary: bool) -> float:
        if rope_type is None or "partial_rotary_factor" not in self.values:
            return 1.0
        # None is no factor: many rotary classes multiply by it, whatever their attention rotates.
        number = _finite(self.values["partial_rotary_factor"])
        if number == 1:
            return 1.0
        if number is None or not 0 < number < 1:
            self.refuse("partial_rotary_factor", "must be a number above zero and at most one, or left out")
        elif rope_type == "yarn":
            self.refuse("partial_rotary_factor", "Megatron's YaRN rotates the whole head")
        elif not partial_rotary:
            reason = "the attention of this family rotates the whole head, whatever the default rope finds here"
            self.refuse("partial_rotary_factor", f"{reason}; leave it out, or say 1.0")
        # A part that is refused makes no width of heads too narrow.
        return number if number is not None and 0 < number < 1 else 1.0

    def positive(self, key: str) -> float:
        """A required number above zero."""
        value = self.values.get(key)
        if value is None:
            self.refuse(key, f"missing: transformers needs it for rope_type {shown(self.values.get('rope_type'))}")
            return _REFUSED
        number = _finite(value)
        if number is not None and number > 0:
            return number
        self.refuse(key, "must be a finite number above zero")
        return _REFUSED

    def number(self, key: str) -> float:
        """An optional number: zero where it is absent, as transformers has it."""
        value = self.values.get(key)
        number = 0.0 if value is None else _finite(value)
        if number is None:
            self.refuse(key, "must be a finite number")
        return number or 0.0

    def llama3_factor(self) -> float:
        """The factor of Llama 3's rope, whose other keys must be what Megatron hard-wires."""
        for key, constant in _LLAMA3.items():
            if self.values.get(key) is None:
                self.refuse(key, "missing: transformers needs it for rope_type 'llama3'")
            elif _finite(self.values[key]) != constant:
                self.refuse(key, f"must be {constant}, which Megatron hard-wires")
        return self.positive("factor")

    def dynamic_length(self, max_position_embeddings: int) -> int | None:
        """How long sequences are for which dynamic NTK leaves the base as it is; None where that is no length."""
        factor, length = self.positive("factor"), max_position_embeddings
        if length < 1:
            # Refused as such.
            return None
        # What transformers multiplies the base by at this length, where a large factor rounds the one away.
        if not math.isclose(factor * length / length - (factor - 1), 1.0, rel_tol=1e-9):
            self.refuse("factor", "is too large for transformers to leave the base as it is at any length")
        return length

    def yarn_factor(self, max_position_embeddings: int) -> float:
        """The factor; where it is there and None, how often the original length fits into the new one."""
        if "factor" not in self.values or self.values["factor"] is not None:
            return self.positive("factor")
        length = _finite(max_position_embeddings)
        original = _finite(self.values.get("original_max_position_embeddings"))
        if length is None or length <= 0:
            reason = "must be a number above zero: rope_parameters.factor is None and follows from it"
            self._check.refuse("max_position_embeddings", max_position_embeddings, reason)
        return length / original if length and original else _REFUSED

    def original_length(self) -> int:
        """The number of tokens that the model was trained with before its rope was scaled."""
        key = "original_max_position_embeddings"
        number = self.positive(key)
        if not number.is_integer():
            self.refuse(key, "must be an integer: Megatron builds a table of this length")
        return int(number)

    def beta(self, key: str, default: float) -> float:
        """A number of rotations; transformers takes zero for absent."""
        number = self.number(key)
        if number < 0:
            self.refuse(key, "must not be negative: YaRN takes its logarithm")
        return number or default

    def truncate(self) -> bool:
        """Whether the correction range is rounded: by default, but not where the key is there and None."""
        value = self.values.get("truncate", True)
        if not isinstance(value, bool | None):
            self.refuse("truncate", "must be True or False")
        return value is not None and value is not False

    def attention_factor(self) -> float | None:
        """What cosines and sines are multiplied by, where the config says it."""
        return None if self.values.get("attention_factor") is None else self.positive("attention_factor")

    def solve_mscale(self, key: str, factor: float, wanted: float) -> float:
        """The mscale with which Megatron multiplies by `wanted`, provided that it divides by nothing."""
        if wanted == mscale_of(factor):
            return 1.0
        if factor <= 1:
            self.refuse(key, f"Megatron multiplies by 1 when the factor is at most 1, as here ({factor!r})")
            return 1.0
        mscale = (wanted - 1.0) / (0.1 * math.log(factor))
        if not (math.isfinite(mscale) and math.isclose(mscale_of(factor, mscale), wanted, rel_tol=1e-9)):
            self.refuse(key, "is out of the range in which Megatron's mscale can express it")
        return mscale
