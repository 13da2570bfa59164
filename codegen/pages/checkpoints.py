"""`docs/checkpoints.tsv`: what becomes of the published checkpoints that people train, one row for each kind."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from codegen.pages import cures
from mcore_mappers import families

TABLE = Path(__file__).resolve().parents[2] / "docs" / "checkpoints.tsv"

Outcome = Literal["maps", "layers", "refused"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True)
class Checkpoint:
    """Published checkpoints of one kind, and what becomes of their config."""

    checkpoints: str
    """What people call them."""
    model_type: str
    """As their `config.json` has it."""
    family: str
    """The class that their language model is read as, by its name in `families()` or, where no family is for it, by its
    `model_type`. Empty if nothing reads theirs."""
    outcome: Outcome
    named: tuple[str, ...]
    """Fields that the error names, where a mapped family refuses their values; deviations that the mapper may warn of,
    where they map."""
    reason: str
    """Why they do not map, or only with layers; empty if they do."""
    freed_by: tuple[str, ...]
    """All that it takes to map them, in words of `cures.MISSING`; of a class that is refused, what `docs/cures.tsv`
    says of its reason. Empty if they map."""
    configs: tuple[str, ...]
    """Published configs with which the tests check the row: `<folder>/<name>` in `CONFIG_CORPUS`."""

    @property
    def status(self) -> Literal["mapped", "refused", "pending", "unknown"]:
        """What is known of the family."""
        family = families().get(self.family)
        return family.status if family else "unknown"


def read() -> tuple[Checkpoint, ...]:
    """The table.

    Raises:
        ValueError: a row has too few or too many cells, or a word that is not one of the few for its column; or it says
            what would free a class that `docs/cures.tsv` says it of.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    known = cures.read()
    return tuple(_checkpoint(dict(zip(head, row, strict=True)), known) for row in rows)


def _checkpoint(row: Mapping[str, str], known: Mapping[str, tuple[str, ...]]) -> Checkpoint:
    return Checkpoint(
        checkpoints=row["checkpoints"],
        model_type=row["model_type"],
        family=row["family"],
        outcome=_one_of(row["outcome"], OUTCOMES),
        named=_listed(row["named"]),
        reason=row["reason"],
        freed_by=_freed_by(row, known),
        configs=_listed(row["configs"]),
    )


def _freed_by(row: Mapping[str, str], known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    stated, family = cures.listed(row["freed_by"]), families().get(row["family"])
    if family is None or family.status != "refused":
        return stated
    if stated:
        raise ValueError(f"{row['checkpoints']}: what would free {family.name} stands in {cures.TABLE.name}")
    if (reason := family.refusals[0][1]) not in known:
        raise ValueError(f"{row['checkpoints']}: {cures.TABLE.name} has no row for {reason!r}")
    return known[reason]


def _one_of[Word: str](word: str, known: Iterable[Word]) -> Word:
    for each in known:
        if each == word:
            return each
    raise ValueError(f"{word!r} is none of {', '.join(known)}")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(", ")) if cell else ()
