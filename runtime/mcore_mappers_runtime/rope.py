"""Reads Hugging Face's `rope_parameters` for Megatron.

Both sides compute the same few kinds of rotary embedding, but they name, default and combine the numbers differently.
What Megatron cannot compute is refused. Keys that transformers does not read for the given `rope_type` are ignored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeGuard, cast

from .bounds import NUMBER
from .near import hint
from .shown import listed, shown

if TYPE_CHECKING:
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

_FIELD = "rope_parameters"

# The types that Megatron has nowhere.
_UNREPRESENTABLE = {
    "longrope": "it divides every frequency by a factor of its own, from a list that the length of the sequence "
    "chooses, and Megatron has one factor for all",
    "proportional": "it takes the exponents of the rotated frequencies over the whole head, and Megatron takes them "
    "over the rotated part",
    "axial": "it rotates by more than one coordinate per token, and Megatron's text models have one position",
}
# The types that each target has, and why it lacks those that another has.
_GPT = ("default", "linear", "dynamic", "llama3", "yarn")
_HYBRID = ("default", "linear", "dynamic", "yarn")
_HYBRID_LACKS = {"llama3": "HybridModelConfig has no rope_scaling; a GPTModelConfig has"}
_MLA = ("default", "dynamic", "yarn")
_MLA_LACKS: Mapping[str, str] = dict.fromkeys(("linear", "llama3"), "Megatron's MLA has only plain rope and YaRN")
# What Megatron's RotaryEmbedding hard-wires for Llama 3, by the key of Hugging Face.
_LLAMA3 = {"low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}
# Stands for a refused number: an integer above one, so that nothing else has to be refused on its account.
_REFUSED = 2.0


@dataclass(frozen=True)
class YarnAttributes:
    """What GPTModel and HybridModel read from the inner config when the position embedding is "yarn"."""

    yarn_rotary_scaling_factor: float
    yarn_original_max_position_embeddings: int
    yarn_beta_fast: float
    yarn_beta_slow: float
    yarn_mscale: float | None
    """None, as `yarn_mscale_all_dim`, where cosines and sines are multiplied by YaRN's own 0.1 * log(factor) + 1."""
    yarn_mscale_all_dim: float | None
    yarn_correction_range_round_to_int: bool


class GPTRope(NamedTuple):
    """The rope fields of a GPTModelConfig without multi-latent attention; `yarn` belongs to the inner config."""

    position_embedding_type: Literal["rope", "yarn", "mrope"]
    """The last where a caller asks for three positions of each token."""
    rotary_base: int
    """A float where the base is not integral: Megatron computes with it, whatever its annotation says."""
    rotary_percent: float
    rope_scaling: bool
    rope_scaling_factor: float
    seq_len_interpolation_factor: float | None
    yarn: YarnAttributes | None
    equal_up_to: int | None = None
    """The longest sequences that both sides rotate alike, in tokens; None where all are."""


class HybridRope(NamedTuple):
    """The rope fields of a HybridModelConfig without multi-latent attention; `yarn` belongs to the inner config."""

    position_embedding_type: Literal["rope"]
    """Also "yarn", if `yarn` is given: HybridModel takes it, the annotation of HybridModelConfig forgets it."""
    rotary_base: int
    """As in `GPTRope`."""
    rotary_percent: float
    seq_len_interpolation_factor: float | None
    yarn: YarnAttributes | None
    equal_up_to: int | None = None
    """As in `GPTRope`."""


class MLARope(NamedTuple):
    """The rope fields of an MLATransformerConfig, all of them: Megatron's defaults describe DeepSeek-V3.

    `rotary_base` and `rotary_percent` are to be passed to the outer config, which overwrites the inner ones with its
    own. The outer `position_embedding_type` is "rope" for both values of `rope_type`.
    """

    rope_type: Literal["rope", "yarn"]
    rotary_base: int
    """As in `GPTRope`."""
    rotary_percent: float
    rotary_scaling_factor: float
    original_max_position_embeddings: int
    beta_fast: float
    beta_slow: float
    mscale: float
    mscale_all_dim: float
    """Decides the softmax scale, also when `rope_type` is "rope"."""
    equal_up_to: int | None = None
    """As in `GPTRope`."""


class _HasRope(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def rope_parameters_of(hf: _HasRope) -> RopeParameters | dict[str, object] | None:
    """`hf.rope_parameters`, which transformers declares with a bare `dict`: a strict type checker rejects its read."""
    return cast("RopeParameters | dict[str, object] | None", hf.rope_parameters)


def rope_key(rope_parameters: RopeParameters | dict[str, object] | None, key: str) -> object | None:
    """The value of a key that only a family's own attention reads, for its mapper to check; None where it is absent."""
    return cast("Mapping[str, object]", rope_parameters).get(key) if isinstance(rope_parameters, dict) else None


def gpt_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    partial_rotary: bool = False,
    rotary_interleaved: bool = False,
) -> GPTRope:
    """The rope of a GPTModel without multi-latent attention.

    Args:
        check: takes what cannot be represented; the result is then of no use.
        rope_parameters: the field of the Hugging Face config.
        max_position_embeddings: the field of the Hugging Face config, from which YaRN derives a factor of None.
        partial_rotary: whether the family's own default rope reads `partial_rotary_factor`.
        rotary_interleaved: what the mapper sets in the TransformerConfig.
    """
    keys = _Keys(check, rope_parameters)
    rope_type = keys.rope_type(_GPT, {})
    if rope_type == "yarn" and rotary_interleaved:
        keys.refuse("rope_type", "Megatron has no YaRN for interleaved rotary embeddings")
    return GPTRope(
        position_embedding_type="yarn" if rope_type == "yarn" else "rope",
        rotary_base=keys.base(rope_type),
        rotary_percent=keys.rotary_percent(rope_type, partial_rotary=partial_rotary),
        rope_scaling=rope_type == "llama3",
        rope_scaling_factor=keys.llama3_factor() if rope_type == "llama3" else 8.0,
        seq_len_interpolation_factor=keys.positive("factor") if rope_type == "linear" else None,
        yarn=_yarn_attributes(keys, max_position_embeddings) if rope_type == "yarn" else None,
        equal_up_to=keys.dynamic_length(max_position_embeddings) if rope_type == "dynamic" else None,
    )


def hybrid_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    partial_rotary: bool = False,
) -> HybridRope:
    """The rope of a HybridModel without multi-latent attention; arguments as those of `gpt_rope`."""
    keys = _Keys(check, rope_parameters)
    rope_type = keys.rope_type(_HYBRID, _HYBRID_LACKS)
    return HybridRope(
        position_embedding_type=cast("Literal['rope']", "yarn" if rope_type == "yarn" else "rope"),
        rotary_base=keys.base(rope_type),
        rotary_percent=keys.rotary_percent(rope_type, partial_rotary=partial_rotary),
        seq_len_interpolation_factor=keys.positive("factor") if rope_type == "linear" else None,
        yarn=_yarn_attributes(keys, max_position_embeddings) if rope_type == "yarn" else None,
        equal_up_to=keys.dynamic_length(max_position_embeddings) if rope_type == "dynamic" else None,
    )


def mla_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, *, max_position_embeddings: int
) -> MLARope:
    """The rope of multi-latent attention, in a GPTModel or a HybridModel; arguments as those of `gpt_rope`.

    For families whose attention scales the softmax as DeepSeek's does: by the square of the mscale of `mscale_all_dim`.
    """
    keys = _Keys(check, rope_parameters, "qk_rope_head_dim")
    rope_type = keys.rope_type(_MLA, _MLA_LACKS)
    rotary_base, rotary_percent = keys.base(rope_type), keys.rotary_percent(rope_type, partial_rotary=False)
    if rope_type != "yarn":
        length = keys.dynamic_length(max_position_embeddings) if rope_type == "dynamic" else None
        if rope_type == "dynamic" and keys.number("mscale_all_dim"):
            keys.refuse("mscale_all_dim", "must be 0 or left out: it scales the softmax, and belongs to YaRN")
        # Factor 1 and mscale_all_dim 0 keep the softmax scale; the rest is not read, and is Megatron's default.
        return MLARope("rope", rotary_base, rotary_percent, 1.0, 4096, 32.0, 1.0, 1.0, 0.0, length)

    factor = keys.yarn_factor(max_position_embeddings)
    mscale_all_dim = keys.number("mscale_all_dim")
    if mscale_all_dim and keys.values.get("factor", 1.0) is None:
        keys.refuse("factor", "transformers needs a number here for the softmax scale when mscale_all_dim is given")
    if not keys.truncate():
        keys.refuse("truncate", "Megatron's multi-latent attention always rounds YaRN's correction range")
    # transformers: cosines and sines times `attention`, the softmax scale times `softmax` squared.
    # Megatron: cosines and sines times _mscale(factor, mscale) / _mscale(factor, mscale_all_dim), the softmax scale
    # times the square of the latter. So mscale must make up for a divisor that transformers does not have.
    attention = keys.attention_factor()
    mscale = keys.number("mscale") if attention is None else 0.0
    softmax = _mscale(factor, mscale_all_dim)
    if softmax == 0:
        keys.refuse("mscale_all_dim", "makes the softmax scale zero")
    if not (mscale and mscale_all_dim):
        wanted = _mscale(factor) if attention is None else attention
        key = "mscale_all_dim" if attention is None else "attention_factor"
        mscale = keys.solve_mscale(key, factor, wanted * softmax)
    return MLARope(
        rope_type="yarn",
        rotary_base=rotary_base,
        rotary_percent=rotary_percent,
        rotary_scaling_factor=factor,
        original_max_position_embeddings=keys.original_length(),
        beta_fast=keys.beta("beta_fast", 32.0),
        beta_slow=keys.beta("beta_slow", 1.0),
        mscale=mscale,
        mscale_all_dim=mscale_all_dim,
    )


def _yarn_attributes(keys: _Keys, max_position_embeddings: int) -> YarnAttributes:
    factor = keys.yarn_factor(max_position_embeddings)
    mscale: float | None = None
    mscale_all_dim: float | None = None
    attention = keys.attention_factor()
    if attention is None:
        # transformers reads the two only together, and takes zero for absent; Megatron does not.
        numerator, denominator = keys.number("mscale"), keys.number("mscale_all_dim")
        if numerator and denominator:
            mscale, mscale_all_dim = numerator, denominator
            if _mscale(factor, denominator) == 0:
                keys.refuse("mscale_all_dim", "makes the factor of cosines and sines a division by zero")
    elif attention != _mscale(factor):
        mscale, mscale_all_dim = keys.solve_mscale("attention_factor", factor, attention), 0.0
    return YarnAttributes(
        yarn_rotary_scaling_factor=factor,
        yarn_original_max_position_embeddings=keys.original_length(),
        yarn_beta_fast=keys.beta("beta_fast", 32.0),
        yarn_beta_slow=keys.beta("beta_slow", 1.0),
        yarn_mscale=mscale,
        yarn_mscale_all_dim=mscale_all_dim,
        yarn_correction_range_round_to_int=keys.truncate(),
    )


def _mscale(factor: float, mscale: float = 1.0) -> float:
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


class _Keys:
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
        elif value in (reasons := {**_UNREPRESENTABLE, **lacks}):
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
        if wanted == _mscale(factor):
            return 1.0
        if factor <= 1:
            self.refuse(key, f"Megatron multiplies by 1 when the factor is at most 1, as here ({factor!r})")
            return 1.0
        mscale = (wanted - 1.0) / (0.1 * math.log(factor))
        if not (math.isfinite(mscale) and math.isclose(_mscale(factor, mscale), wanted, rel_tol=1e-9)):
            self.refuse(key, "is out of the range in which Megatron's mscale can express it")
        return mscale
