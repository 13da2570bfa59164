"""`docs/checkpoints.tsv`: what becomes of the published checkpoints that people train, one row for each kind."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from mcore_mappers import families

TABLE = Path(__file__).resolve().parents[2] / "docs" / "checkpoints.tsv"

Outcome = Literal["maps", "refused"]
Freed = Literal["family", "bound", "layer", "reader"]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FREED: Mapping[Freed, str] = {
    "family": "Megatron computes all of it, and the rules for its class are not written yet.",
    "bound": "The two models are equal up to a length, within which the config could map.",
    "layer": "Megatron takes layers of one's own (`transformer_layer_spec`), and one for this is not written yet.",
    "reader": "`load_config` and `text_config` would have to understand the file.",
}
"""What would free a checkpoint, and what that means."""


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
    fields: tuple[str, ...]
    """Where a mapped family refuses these values: the fields that the error names."""
    reason: str
    """Why they do not map; empty if they do."""
    frees: tuple[Freed, ...]
    """All that it takes to make them map; empty if nothing is known that would."""
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
        ValueError: a row has too few or too many cells, or a word that is not one of the few for its column.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(_checkpoint(dict(zip(head, row, strict=True))) for row in rows)


def _checkpoint(row: Mapping[str, str]) -> Checkpoint:
    return Checkpoint(
        checkpoints=row["checkpoints"],
        model_type=row["model_type"],
        family=row["family"],
        outcome=_one_of(row["outcome"], OUTCOMES),
        fields=_listed(row["fields"]),
        reason=row["reason"],
        frees=tuple(_one_of(word, FREED) for word in _listed(row["frees"])),
        configs=_listed(row["configs"]),
    )


def _one_of[Word: str](word: str, known: Iterable[Word]) -> Word:
    for each in known:
        if each == word:
            return each
    raise ValueError(f"{word!r} is none of {', '.join(known)}")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(", ")) if cell else ()
