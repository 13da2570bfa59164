"""Building blocks of proofs: ropes of classes that need to be told how queries grow with their position."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final

from tests.families.proof import Keywords, Refused, Rope

type Told = Callable[[Any], Any]
"""From a value of `rope_parameters` to the one with what a class needs besides, where it is a rope."""

NO_GROWTH: Final[Keywords] = {"original_max_position_embeddings": 32, "llama_4_scaling_beta": 0.0}
"""Keys that a class needs to scale no query."""


def is_one_rope(value: Any) -> bool:
    """Whether this is a rope, and not several or none."""
    return isinstance(value, dict) and bool(value) and not any(isinstance(each, dict) for each in value.values())


def told_growth(value: Any) -> Any:
    """With the keys that the class needs to scale no query."""
    return {**NO_GROWTH, **value} if is_one_rope(value) else value


def telling(keywords: Keywords, told: Told = told_growth) -> Keywords:
    """Keywords of a config that has such a rope."""
    return {name: told(value) if name == "rope_parameters" else value for name, value in keywords.items()}


def growing(keywords: Keywords, told: Told = told_growth) -> Keywords:
    """The rope of these, with queries that grow within tiny texts."""
    known = telling(keywords, told)["rope_parameters"]
    return {"rope_parameters": {**known, "original_max_position_embeddings": 8, "llama_4_scaling_beta": 0.6}}


def shrinking(keywords: Keywords, told: Told = told_growth) -> Keywords:
    """The same, otherwise, and of another length."""
    known = telling(keywords, told)["rope_parameters"]
    return {"rope_parameters": {**known, "original_max_position_embeddings": 11, "llama_4_scaling_beta": -0.2}}


def telling_refusal(refused: Refused, told: Told = told_growth) -> Refused:
    """The same refusal of a class that needs these keys."""
    return dataclasses.replace(
        refused,
        change=telling(refused.change, told),
        attributes=telling(refused.attributes, told),
        start=telling(refused.start, told),
        nearest=[telling(each, told) for each in refused.nearest],
    )


def telling_rope(rope: Rope, told: Told = told_growth) -> Rope:
    """What `rope_parameters` can say, where it says these keys."""
    return dataclasses.replace(rope, bad=tuple((told(value), keys) for value, keys in rope.bad))
