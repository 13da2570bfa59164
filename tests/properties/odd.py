"""Values that no field of a config has: of wrong types, too large, none at all, and such as cannot be worked with."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final, override

import numpy as np
import torch

from tests.selection import draw, sample, whole


class _HostileError(Exception):
    """What is raised by objects that cannot be worked with."""


class Hostile:
    """An object of which nothing can be asked."""

    @override
    def __eq__(self, other: object) -> bool:
        raise _HostileError

    @override
    def __hash__(self) -> int:
        raise _HostileError

    @override
    def __repr__(self) -> str:
        raise _HostileError

    def __bool__(self) -> bool:
        raise _HostileError

    def __len__(self) -> int:
        raise _HostileError

    def __deepcopy__(self, memo: object) -> Hostile:
        return self


class Text(str):
    """A text that is not of the type itself."""

    __slots__ = ()


class Number(int):
    """A number that is not of the type itself."""


def _in_itself() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def _nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"in": found}
    return found


MANY: Final = 10**6

SMALL: Final[Mapping[str, Callable[[], Any]]] = {
    "None": lambda: None,
    "a text": lambda: "x",
    "a text of digits": lambda: "8",
    "an empty text": lambda: "",
    "bytes": lambda: b"8",
    "a list": lambda: [8],
    "an empty list": list,
    "a nested list": lambda: [[8], ["x", None]],
    "a list of None": lambda: [None, None],
    "a list of texts": lambda: ["full_attention", "x"],
    "a list in itself": _in_itself,
    "a list of what is hostile": lambda: [Hostile()],
    "a dictionary": lambda: {"x": 1},
    "an empty dictionary": dict,
    "a dictionary of numbers": lambda: {0: {}},
    "a dictionary of what is hostile": lambda: {"x": Hostile()},
    "a set": lambda: {8},
    "a tuple": lambda: (8,),
    "an empty tuple": tuple,
    "a number of numpy": lambda: np.int64(8),
    "a float of numpy": lambda: np.float64(0.5),
    "an array": lambda: np.array([1, 2]),
    "a tensor": lambda: torch.tensor([1, 2]),
    "a dtype": lambda: torch.bfloat16,
    "a dtype that nobody trains in": lambda: torch.int8,
    "a class": lambda: dict,
    "a function": lambda: len,
    "True": lambda: True,
    "False": lambda: False,
    "zero": lambda: 0,
    "a float zero": lambda: 0.0,
    "a float minus zero": lambda: -0.0,
    "one": lambda: 1,
    "a float one": lambda: 1.0,
    "a whole number": lambda: 8,
    "a float that is whole": lambda: 8.0,
    "a float": lambda: 0.5,
    "a complex number": lambda: 1j,
    "below zero": lambda: -1,
    "a float below zero": lambda: -1.5,
    "no number": lambda: math.nan,
    "infinite": lambda: math.inf,
    "infinite below zero": lambda: -math.inf,
    "a text of a class of its own": lambda: Text("x"),
    "a number of a class of its own": lambda: Number(8),
    "hostile": Hostile,
}
"""By what they are, what makes them."""

LARGE: Final[Mapping[str, Callable[[], Any]]] = {
    "a long text": lambda: "x" * MANY,
    "a long list": lambda: [0] * MANY,
    "a deep dictionary": lambda: _nested(10_000),
    "2**31": lambda: 2**31,
    "2**63": lambda: 2**63,
    "-2**63": lambda: -(2**63),
    "10**30": lambda: 10**30,
    "10**10000": lambda: 10**10_000,
    "1e300": lambda: 1e300,
    "a tiny float": lambda: 5e-324,
}
"""The same of what takes time and memory, if anybody goes through it, or builds as much."""

ODD: Final = {**SMALL, **LARGE}


def tried[Item](
    items: Iterable[Item], few: int, about: str, *, kinds: Callable[[Item], Iterable[Hashable]], all_ways: bool
) -> tuple[Item, ...]:
    """Which of the items a family is tried with: `few` in a slice.

    Args:
        items: all that there are.
        few: how many in a slice.
        about: as in `draw`.
        kinds: what an item is an example of; a whole run has one of each, whatever the family.
        all_ways: a whole run has every item: what differs beside the kinds is code that families share.
    """
    if whole() and not all_ways:
        return sample(items, few, about, kinds=kinds)
    return draw(items, few, about)
