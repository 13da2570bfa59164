"""`docs/other-tools.tsv`: which model types other tools have a mapping for, as their sources register them.

A mapping is there, says the table, and not that it is right.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codegen.pages import cures
from codegen.pages.proven import DOCS

TABLE = DOCS / "other-tools.tsv"


@dataclass(frozen=True)
class Architecture:
    """A model type that some tool maps."""

    model_type: str
    """As files have it."""
    family: str
    """What its language model is read as, by its name in `families()`; of a composite that may hold any, what it holds
    by default or as published. Empty where no class of transformers is it."""
    tools: tuple[str, ...]
    """The names of the tools, without their releases."""
    freed_by: tuple[str, ...]
    """What it would take to map it, where there is no family to say so."""
    differs: str
    """By how much models of these tools differ from transformers', as far as that was measured."""


@dataclass(frozen=True)
class OtherTools:
    """The table."""

    releases: tuple[str, ...]
    """Each tool with the release that was read: `mbridge 0.15.1`."""
    architectures: tuple[Architecture, ...]

    @property
    def by_type(self) -> Mapping[str, Architecture]:
        """The architectures by their type."""
        return {each.model_type: each for each in self.architectures}

    def mapping(self, model_type: str) -> Sequence[str]:
        """The tools that map a type, in which `-` may be written `_`."""
        found = self.by_type.get(model_type) or self.by_type.get(model_type.replace("_", "-"))
        return found.tools if found else ()


_OWN = ("model_type", "family", "freed_by", "differs")


def read() -> OtherTools:
    """The table.

    Raises:
        ValueError: the cell of a tool holds anything but `yes`, or a word is not one of the few.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    releases = tuple(name for name in head if name not in _OWN)
    return OtherTools(releases, tuple(_architecture(dict(zip(head, row, strict=True)), releases) for row in rows))


def _architecture(row: Mapping[str, str], releases: Sequence[str]) -> Architecture:
    return Architecture(
        model_type=row["model_type"],
        family=row["family"],
        tools=tuple(release.split()[0] for release in releases if _is_yes(row[release], row["model_type"])),
        freed_by=cures.listed(row["freed_by"]),
        differs=row["differs"],
    )


def _is_yes(cell: str, model_type: str) -> bool:
    if cell not in ("", "yes"):
        raise ValueError(f"{model_type}: a cell is `yes` or empty, not {cell!r}")
    return bool(cell)
