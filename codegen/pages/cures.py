"""`docs/cures.tsv`: by the computation that a class is refused for, what would make the refusal go away."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Final, Literal

from codegen.pages.proofs import DOCS

TABLE = DOCS / "cures.tsv"

Cure = Literal["layer", "scores", "mixer", "model", "text_config", "another model"]

CURES: Final[Mapping[Cure, str]] = {
    "layer": "A layer of one's own, which Megatron takes as `transformer_layer_spec`: only modules in a layer differ. "
    "Nobody has written this one yet.",
    "scores": "A core of attention of one's own, which Megatron takes in a `transformer_layer_spec`: what differs is "
    "added to the scores. Nobody has written this one yet.",
    "mixer": "A module for this mixer, with kernels: Megatron has none of the kind.",
    "model": "A model class of Megatron: what differs lies between layers or around them, where no layer of one's own "
    "reaches.",
    "text_config": "Nothing has to change: map its language model, `to_megatron(text_config(hf))`.",
    "another model": "Nothing here: it is no language model of one decoder, which is all that Megatron's GPTModel and "
    "HybridModel are.",
}
"""What each word of the table means."""


def read() -> Mapping[str, Cure]:
    """The table: by the reason that the class is refused for, the word.

    Raises:
        ValueError: a word is not one of the few, or a computation stands there twice.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    found: dict[str, Cure] = {}
    for computation, word in rows:
        if computation in found:
            raise ValueError(f"{computation!r} stands there twice")
        found[computation] = _cure(word)
    return found


def _cure(word: str) -> Cure:
    for known in CURES:
        if word == known:
            return known
    raise ValueError(f"{word!r} is none of {', '.join(CURES)}")
