"""Rope of vision-language models, in which a token of an image or a video has three positions.

Each of the three rotates a section of the channels. Tokens of texts have the same position three times, so that there
the sections decide nothing; Megatron reads one position, or three where `position_embedding_type` is "mrope".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeGuard, cast

from .bounds import NUMBER
from .needs import THREE_POSITIONS
from .rope import GPTRope, rope_key
from .settings import MapperFields

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check
    from .records import Family

KEYWORD: Final = "position_embedding_type"
"""The field by which a caller asks for three positions."""

SECTIONS: Final = "mrope_section"
"""The key of `rope_parameters`, and the field of Megatron's inner config."""


class PositionFields(MapperFields, total=False):
    """What the mappers of models with plain rope take besides."""

    position_embedding_type: Literal["mrope"]
    """The mapper's, which the caller may say in another form (positions). For language models of vision-language
    models: "mrope" reads three positions for each token, as those of images and videos have them."""


def with_three_positions(check: Check, rope: GPTRope) -> GPTRope:
    """A rope with a section of channels for each of three positions, where the caller asks for three.

    Args:
        check: knows what the caller asks for, and takes what Megatron's three positions do not have.
        rope: as one position has it.
    """
    if not check.wants_three_positions():
        return rope
    if rope.rope_scaling or rope.position_embedding_type != "rope":
        reason = "Megatron's rope of three positions is the default or a linear one, and this one is neither"
        check.refuse(KEYWORD, "mrope", reason)
    return rope._replace(position_embedding_type="mrope")


def sections(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    rotary_percent: float,
    default: tuple[int, int, int],
) -> list[int]:
    """How many pairs of channels each of three positions rotates.

    Args:
        check: takes sections that transformers cannot cut the rotated channels into.
        rope_parameters: the field of the Hugging Face config.
        rotary_percent: how much of a head is rotated.
        default: the sections of the class where a config has none.
    """
    width = check.width_of_heads("head_dim")
    unsaid = check.is_set("head_dim") and check.undeclared("head_dim") is None
    # What is no rope, and no head, is refused as such.
    if unsaid or not _is_width(width) or not isinstance(rope_parameters, dict) or check.is_refused("rope_parameters"):
        return [*default]
    found = rope_key(rope_parameters, SECTIONS) if SECTIONS in rope_parameters else [*default]
    pairs = _pairs(width, rotary_percent)
    if not _fits(found, pairs):
        reason = (
            f"must be three integers that add up to {pairs}, the pairs of channels of a head that are rotated: "
            f"transformers cuts them so; the class has {[*default]} where nothing is said"
        )
        check.refuse(f"rope_parameters.{SECTIONS}", rope_parameters.get(SECTIONS), reason)
        return [*default]
    return found


def _is_width(width: object) -> TypeGuard[int]:
    return type(width) is int and 0 < width <= NUMBER


def _pairs(width: int, rotary_percent: float) -> int:
    """How many pairs of channels of a head are rotated."""
    return (int(width * rotary_percent) + 1) // 2


def _fits(found: object, pairs: int) -> TypeGuard[list[int]]:
    """Whether these are sections of so many pairs of channels."""
    if not isinstance(found, list):
        return False
    listed = cast("list[object]", found)
    lengths = [each for each in listed if type(each) is int and each >= 0]
    return len(lengths) == len(listed) == 3 and sum(lengths) == pairs


def is_three_lengths(found: object) -> bool:
    """Whether sections that are interleaved can be counted; None stands for those of the class."""
    if found is None:
        return True
    return (
        isinstance(found, list)
        and len(listed := cast("list[object]", found)) >= 3
        and all(type(each) is int for each in listed)
    )


def with_sections(rope_parameters: dict[str, object], model: GPTModelConfig | HybridModelConfig) -> dict[str, object]:
    """A rope that came back, with the sections of the model.

    Args:
        rope_parameters: what came back.
        model: with one position of each token it reads no sections, so that what it has may be of another model.
    """
    found, width, kind = model.transformer.mrope_section, model.transformer.kv_channels, vars(model)[KEYWORD]
    # Megatron's YaRN rotates the whole head, whatever rotary_percent is.
    pairs = _pairs(width, 1.0 if kind == "yarn" else model.rotary_percent) if _is_width(width) else 0
    said = found is not None and (kind == "mrope" or _fits(found, pairs))
    return {**rope_parameters, SECTIONS: [*found]} if found is not None and said else rope_parameters


def with_stated_sections(
    rope_parameters: dict[str, object], model: GPTModelConfig | HybridModelConfig
) -> dict[str, object]:
    """The same for a class that is not built without sections.

    Args:
        rope_parameters: what came back.
        model: where it has none that fit, they are as 24 to 20 to 20.
    """
    found = with_sections(rope_parameters, model)
    if SECTIONS in found or not _is_width(width := model.transformer.kv_channels):
        return found
    pairs = _pairs(width, 1.0)
    side = pairs * 20 // 64
    return {**found, SECTIONS: [pairs - 2 * side, side, side]}


def without_idle_sections(carried: object, other: object) -> object:
    """What a model carries, without sections where it is a rope and another model carries none: neither reads any."""
    values, others = _entries(carried), _entries(other)
    if values is None or others is None or SECTIONS in others:
        return carried
    return {key: value for key, value in values.items() if key != SECTIONS}


def _entries(carried: object) -> dict[str, object] | None:
    return cast("dict[str, object]", carried) if isinstance(carried, dict) else None


def as_keyword(kind: object, family: Family | None) -> dict[str, str]:
    """The positions of a GPT model as the keyword that asks for them; empty where no caller asks, or may ask.

    Args:
        kind: its `position_embedding_type`.
        family: of the class whose model it is compared with; None where there is none.
    """
    asked = kind == "mrope" and family is not None and THREE_POSITIONS in family.needs
    return {KEYWORD: "mrope"} if asked else {}
