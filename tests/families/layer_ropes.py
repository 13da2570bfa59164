"""Building blocks of proofs: a rope for each type of layer."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from tests.families.proof import Keywords, Refused, Rope
from tests.families.ropes import DEFAULT, GPT_ROPE, STALE
from tests.numerics.hf_values import rope_values

FULL, SLIDING = "full_attention", "sliding_attention"


def _bad_ropes() -> tuple[tuple[Any, frozenset[str]], ...]:
    """The bad ropes as those of layers; one rope for all is no such thing, whatever it is."""
    named = [(value, keys) for value, keys in GPT_ROPE.bad if isinstance(value, dict)]
    flat = [(value, frozenset({""})) for value, keys in named if keys != {""}]
    each = [({FULL: value, SLIDING: value}, keys) for value, keys in named if keys != {""} and "truncate" not in value]
    outside = [(ROPE.given(value), keys) for value, keys in named if keys != {""} and "truncate" in value]
    return ((None, frozenset({""})), ({}, frozenset({""})), *flat, *each, *outside)


ROPE: Final = Rope(GPT_ROPE.types, (), layer_types=(FULL, SLIDING))


def layered(keywords: Keywords) -> Keywords:
    """The same with a rope for each type of layer."""
    if "rope_parameters" not in keywords:
        return keywords
    return {**keywords, "rope_parameters": ROPE.given(keywords["rope_parameters"])}


def layered_refused(row: Refused) -> Refused:
    """The same refusal of a rope for each type of layer."""
    change, attributes, start, *nearest = map(layered, (row.change, row.attributes, row.start, *row.nearest))
    # Ropes of layers say it, each for itself.
    equal = STALE if row.name == "original_length_outside" else row.equal
    return dataclasses.replace(row, change=change, attributes=attributes, start=start, nearest=nearest, equal=equal)


MIXED: Keywords = {**layered(DEFAULT), "layer_types": [FULL, SLIDING, SLIDING]}
OTHER: Keywords = {FULL: {"rope_type": "default", "rope_theta": 900.0}, SLIDING: DEFAULT["rope_parameters"]}

LAYER_ROPE: Final = dataclasses.replace(ROPE, bad=_bad_ropes())
ROPE_PARAMETERS: Final = (
    *(ROPE.given(each) for each in rope_values(DEFAULT["rope_parameters"])),
    *rope_values(DEFAULT["rope_parameters"]),
    OTHER,
)
"""Values of `rope_parameters`, valid and not."""
