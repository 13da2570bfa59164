"""`docs/checkpoints.tsv`: what becomes of the published checkpoints that people train, one row for each kind."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from mcore_mappers import families

TABLE = Path(__file__).resolve().parents[2] / "docs" / "checkpoints.tsv"

Outcome = Literal["maps", "layers", "refused"]
Freed = Literal[
    "family",
    "reader",
    "biases",
    "chunks",
    "clamp",
    "gate by head",
    "heads by layer",
    "latent attention without query latents",
    "longrope",
    "norm after rope",
    "norm by layer",
    "output bias",
    "post_norms",
    "qk_layernorm_over_heads",
    "query temperature",
    "residual_multiplier",
    "rope by layer",
    "rope constants",
    "router",
    "soft cap",
]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FREED: Mapping[Freed, str] = {
    "family": "Megatron computes all of it, and the rules for its class are not written yet.",
    "reader": "`load_config` and `text_config` would have to understand the file.",
    "biases": "A layer with biases in some of the linear layers alone that Megatron biases together.",
    "chunks": "A layer whose tokens attend to their own chunk alone, for longer texts than a chunk.",
    "clamp": "Experts that clamp after the activation, by the layer.",
    "gate by head": "A layer with one gate for each head, on what attention gives.",
    "heads by layer": "Layers with heads of their own: as many of keys, and as wide, as their kind has.",
    "latent attention without query latents": "A layer that norms the latents of keys, and has none of queries.",
    "longrope": "A rope with a factor for each frequency, by the length of the text.",
    "norm after rope": "A layer that norms queries and keys after rope.",
    "norm by layer": "Norms of queries and keys in some layers alone.",
    "output bias": "A bias of the output layer, which Megatron builds without one, beside its layers.",
    "post_norms": "A layer with norms after attention and MLP, before the residual.",
    "qk_layernorm_over_heads": "A layer with one norm over all heads of queries, and one over those of keys.",
    "query temperature": "A layer that scales queries by their position, for texts in which it does.",
    "residual_multiplier": "A layer that scales what attention and MLP add to the residual.",
    "rope by layer": "A rope of each layer's own.",
    "rope constants": "Llama 3's rope with other constants than Megatron hard-wires.",
    "router": "A layer that chooses or weighs experts otherwise.",
    "soft cap": "A layer that caps scores or logits.",
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
    named: tuple[str, ...]
    """Fields that the error names, where a mapped family refuses their values; deviations that the mapper may warn of,
    where they map."""
    reason: str
    """Why they do not map, or only with layers; empty if they do."""
    freed_by: tuple[Freed, ...]
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
        named=_listed(row["named"]),
        reason=row["reason"],
        freed_by=tuple(_one_of(word, FREED) for word in _listed(row["freed_by"])),
        configs=_listed(row["configs"]),
    )


def _one_of[Word: str](word: str, known: Iterable[Word]) -> Word:
    for each in known:
        if each == word:
            return each
    raise ValueError(f"{word!r} is none of {', '.join(known)}")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(", ")) if cell else ()
