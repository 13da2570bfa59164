"""Building blocks of proofs: ropes of classes that rotate half of each head where the config does not say how much."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.bad_ropes import BAD_GPT_ROPES
from tests.families.proof import Keywords, Refused, Rope
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, STALE, llama3, rope, yarn

_FACTOR: Final = "partial_rotary_factor"


def _is_yarn(keywords: Keywords) -> bool:
    found = keywords.get("rope_parameters")
    return isinstance(found, dict) and found.get("rope_type") == "yarn"


def _whole(keywords: Keywords) -> Keywords:
    """The same, but that YaRN, which Megatron has for whole heads only, rotates them."""
    if not _is_yarn(keywords):
        return keywords
    return {**keywords, "rope_parameters": {_FACTOR: 1.0, **keywords["rope_parameters"]}}


def _with_base(keywords: Keywords) -> Keywords:
    """The same with a base for which a half of a head has a frequency between the bounds of Llama 3."""
    return {**keywords, "rope_parameters": {**keywords["rope_parameters"], "rope_theta": 1600.0}}


def _refused(row: Refused) -> Refused:
    if row.name.startswith("rope_llama3"):
        nearest = [_with_base(each) for each in row.nearest]
        return dataclasses.replace(row, change=_with_base(row.change), nearest=nearest)
    if row.name == "partial_rotary_factor_outside":
        return dataclasses.replace(row, equal=STALE)
    return dataclasses.replace(
        row,
        change=_whole(row.change),
        attributes=_whole(row.attributes),
        start=_whole(row.start),
        nearest=[_whole(each) for each in row.nearest],
    )


_OF_WHOLE_HEADS: Final = frozenset({"rope_partial_default", "rope_partial_scaled"})
"""Refusals of classes that rotate whole heads only."""

_PARTS: Mapping[str, Keywords] = {
    "rope_quarter": rope("default", partial_rotary_factor=0.25),
    "rope_whole": rope("default", partial_rotary_factor=1.0),
    # 13 of 24 channels, which both sides round up to pairs.
    "rope_odd": rope("default", partial_rotary_factor=0.55),
    "rope_linear_quarter": rope("linear", factor=2.5, partial_rotary_factor=0.25),
}

PARTIAL_ROPES: Mapping[str, Keywords] = {**{name: _whole(each) for name, each in ROPES.items()}, **_PARTS}
PARTIAL_ROPE: Final = Rope({**GPT_ROPE.types, "default": ("rope_theta", _FACTOR)}, GPT_ROPE.bad)
PARTIAL_ROPE_REFUSED: Sequence[Refused] = (
    *(_refused(row) for row in ROPE_REFUSED if row.name not in _OF_WHOLE_HEADS),
    Refused(
        "rope_of_no_part",
        "rope_parameters.partial_rotary_factor",
        rope("default", partial_rotary_factor=0.0),
        nearest=(rope("default"),),
    ),
)


def breaking(rows: Sequence[Refused]) -> Sequence[Refused]:
    """Refusals of a class whose rope reads how much of a head to rotate, and whose attention rotates it whole."""
    return [dataclasses.replace(row, equal="") if row.name == "rope_partial_default" else row for row in rows]


# --- The same, rotating neighbours: a GPT model only, and no YaRN -----------------------------------------------------

INTERLEAVED_ROPES: Mapping[str, Keywords] = {name: each for name, each in PARTIAL_ROPES.items() if not _is_yarn(each)}


def _bad(value: Any, keys: frozenset[str]) -> tuple[Any, frozenset[str]]:
    yarn_itself = isinstance(value, dict) and value.get("rope_type") == "yarn"
    return value, keys | {".rope_type"} if yarn_itself else keys


INTERLEAVED_ROPE: Final = Rope(
    {kind: keys for kind, keys in PARTIAL_ROPE.types.items() if kind != "yarn"},
    tuple(_bad(value, keys) for value, keys in BAD_GPT_ROPES),
)
INTERLEAVED_ROPE_REFUSED: Sequence[Refused] = (
    *(
        row
        for row in PARTIAL_ROPE_REFUSED
        if not any(map(_is_yarn, (row.change, row.attributes, row.start, *row.nearest)))
    ),
    Refused(
        "original_length_outside",
        "original_max_position_embeddings",
        {},
        {"original_max_position_embeddings": 64},
        start=llama3(8.0),
    ),
    Refused(
        "rope_yarn",
        "rope_parameters.rope_type",
        _whole(yarn()),
        nearest=(rope("default", partial_rotary_factor=1.0),),
        tries=({"position_embedding_type": "yarn"},),
    ),
)


def saying_a_part(rows: Sequence[Refused]) -> Sequence[Refused]:
    """The rows of classes whose attention has no default for it, where it is not what they are about."""

    def saying(attributes: Keywords) -> Keywords:
        stored = attributes.get("rope_parameters")
        if not stored or not isinstance(stored, dict):
            return attributes
        return {**attributes, "rope_parameters": {"partial_rotary_factor": 0.5, **stored}}

    return [dataclasses.replace(row, attributes=saying(row.attributes)) for row in rows]


# A config of these classes has it once it is built.
NOTHING_SAID: Final = Refused(
    "rope_says_no_part",
    "rope_parameters",
    {},
    {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}},
)

# Of classes whose attention rotates as many channels as this says; the rope rounds up to pairs.
CUT_OFF: Final = Refused(
    "rope_odd",
    "rope_parameters",
    _PARTS["rope_odd"],
    nearest=(rope("default", partial_rotary_factor=0.5),),
)
