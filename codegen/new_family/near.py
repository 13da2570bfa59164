"""Which families a class resembles: what both have, of attributes and of modeling code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codegen.schemas import HfClass, Snapshot
from codegen.table import Family

Lines = Callable[[HfClass], frozenset[str]]
"""The modeling code of a class, line by line, without the names of its own."""


@dataclass(frozen=True)
class Near:
    """A family, and how much its class is like the one of the draft."""

    family: Family
    attributes: float
    """How much of what either class has of attributes both have, from 0 to 1."""
    code: float
    """The same of the lines of modeling code."""

    @property
    def likeness(self) -> float:
        """From 0 to 1."""
        return (self.attributes + self.code) / 2

    @property
    def why(self) -> str:
        """The likeness, and what it is of."""
        return f"{self.likeness:.0%} ({self.attributes:.0%} of attributes, {self.code:.0%} of lines of code)"

    def __str__(self) -> str:
        return f"{self.family.name} ({self.likeness:.0%})"


def nearest(families: Sequence[Family], snapshot: Snapshot, hf: HfClass, lines: Lines) -> tuple[Near, ...]:
    """The families of which the snapshot has the class, the most alike first."""
    own, code = _attributes(hf), lines(hf)
    found: list[Near] = []
    for family in families:
        other = snapshot.hf.get(family.config)
        if other is not None:
            found.append(Near(family, _shared(own, _attributes(other)), _shared(code, lines(other))))
    return tuple(sorted(found, key=lambda near: (-near.likeness, near.family.name)))


def _shared[Item](first: frozenset[Item], second: frozenset[Item]) -> float:
    """How much of what either has both have; none of nothing."""
    return len(first & second) / max(len(first | second), 1)


def _attributes(hf: HfClass) -> frozenset[tuple[str, bool]]:
    """Every attribute, with whether modeling code reads it."""
    return frozenset((known.name, bool(known.read_in)) for known in hf.attributes)
