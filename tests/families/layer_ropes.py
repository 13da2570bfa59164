"""Building blocks of proofs: a rope for each type of layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from tests.families.proof import Keywords, Refused, Rope
from tests.families.ropes import DEFAULT, GPT_ROPE, STALE, llama3, rope, yarn
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
ONE_OF_EACH: Keywords = {"num_hidden_layers": 2, "layer_types": [FULL, SLIDING]}
"""As few layers as have both types."""

OTHER: Keywords = {FULL: {"rope_type": "default", "rope_theta": 900.0}, SLIDING: DEFAULT["rope_parameters"]}


def _beside(scaled: Keywords, plain: Keywords = DEFAULT, *, where: str = FULL) -> Keywords:
    """One rope that is scaled, and a plain one for the other type of layer."""
    ropes = {FULL: plain["rope_parameters"], SLIDING: plain["rope_parameters"], where: scaled["rope_parameters"]}
    return {**scaled, "rope_parameters": ropes}


TWO_ROPES: Mapping[str, Keywords] = {
    "two_plain_ropes": {"rope_parameters": {**OTHER}},
    "rope_linear_where_full": _beside(rope("linear", factor=8.0, rope_theta=90000.0)),
    "rope_linear_where_sliding": _beside(rope("linear", factor=2.5), where=SLIDING),
    "rope_llama3_where_full": _beside(llama3(8.0)),
    # The same base.
    "rope_yarn_where_full": _beside(yarn(attention_factor=1.3)),
    "rope_yarn_where_sliding": _beside(
        yarn(beta_fast=2.5, beta_slow=0.3), rope("default", rope_theta=90.0), where=SLIDING
    ),
}
"""Ropes of which one is the model's, and the other that of the other layers."""
TWO_SCALED: Final = Refused(
    "two_scaled_ropes",
    "rope_parameters",
    {
        "rope_parameters": {
            FULL: rope("linear", factor=2.5)["rope_parameters"],
            SLIDING: rope("linear", factor=7.0)["rope_parameters"],
        }
    },
    nearest=(layered(rope("linear", factor=2.5)),),
)

LAYER_ROPE: Final = dataclasses.replace(ROPE, bad=_bad_ropes())
ROPE_PARAMETERS: Final = (
    *(ROPE.given(each) for each in rope_values(DEFAULT["rope_parameters"])),
    *rope_values(DEFAULT["rope_parameters"]),
    OTHER,
)
"""Values of `rope_parameters`, valid and not."""
