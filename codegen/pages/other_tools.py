"""`docs/other-tools.tsv`: which model types other tools have a mapping for, as their sources register them.

A mapping is there, says the table, and not that it is right.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from codegen.pages.proofs import DOCS

TABLE = DOCS / "other-tools.tsv"


@dataclass(frozen=True)
class OtherTools:
    """The table."""

    releases: tuple[str, ...]
    """Each tool with the release that was read: `mbridge 0.15.1`."""
    by_type: Mapping[str, tuple[str, ...]]
    """By `model_type` as files have it, the names of the tools that map it, without their releases."""

    def mapping(self, model_type: str) -> tuple[str, ...]:
        """The tools that map a type, in which `-` may be written `_`."""
        return self.by_type.get(model_type) or self.by_type.get(model_type.replace("_", "-"), ())


def read() -> OtherTools:
    """The table.

    Raises:
        ValueError: a cell holds anything but `yes`.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        (_, *releases), *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    names = [release.split()[0] for release in releases]
    return OtherTools(
        tuple(releases),
        {
            model_type: tuple(name for name, cell in zip(names, cells, strict=True) if _is_yes(cell, model_type))
            for model_type, *cells in rows
        },
    )


def _is_yes(cell: str, model_type: str) -> bool:
    if cell not in ("", "yes"):
        raise ValueError(f"{model_type}: a cell is `yes` or empty, not {cell!r}")
    return bool(cell)
