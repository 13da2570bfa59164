"""`docs/cures.tsv`: by the computation that a family is refused for, all that it takes to map the family."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from codegen.pages.proven import DOCS

TABLE = DOCS / "cures.tsv"

Cure = Literal["layer", "scores", "mixer", "model", "text_config", "another model"]

CURES: Final[Mapping[Cure, str]] = {
    "layer": "A layer that `mcore_mappers.layers` does not have yet: only modules in a layer differ from Megatron's.",
    "scores": "A core of attention that `mcore_mappers.layers` does not have yet: what differs is added to the scores, "
    "or masks them.",
    "mixer": "A module in the place of attention, with kernels: Megatron has none of the kind.",
    "model": "Another model than Megatron's GPTModel and HybridModel: what differs lies between layers or around them, "
    "where no layer reaches.",
    "text_config": "Nothing has to change: map its language model, `to_megatron(text_config(hf))`.",
    "another model": "Nothing here: it is no language model of one decoder, which is all that Megatron's GPTModel and "
    "HybridModel are.",
}
"""What would have to be written, the easiest first."""


@dataclass(frozen=True)
class Missing:
    """Something that a model needs and that is written nowhere: neither in Megatron nor in `mcore_mappers.layers`."""

    cure: Cure
    meaning: str


MISSING: Final[Mapping[str, Missing]] = {
    "activation": Missing("layer", "An MLP with this activation."),
    "attention": Missing("layer", "Attention of this kind: other projections, or another sum of them."),
    "biases": Missing("layer", "Biases in some of the linear layers alone that Megatron biases together."),
    "clamped projections": Missing("layer", "Queries, keys and values that are clamped."),
    "experts of images": Missing("layer", "Experts for tokens of images, of which those of texts know nothing."),
    "gate of attention": Missing("layer", "A gate of this kind on what attention gives."),
    "heads by layer": Missing("layer", "Shapes by layer: as many heads of keys, and as wide, as a kind of layer has."),
    "norm after rope": Missing("layer", "Norms of queries and keys after rope."),
    "norms": Missing("layer", "Norms of this kind, or at these places."),
    "parallel blocks": Missing("layer", "Attention and MLP that add to the same residual."),
    "residuals": Missing("layer", "This way of adding to the residual stream."),
    "rope by layer": Missing("layer", "A rope of each layer's own."),
    "router": Missing("layer", "This way of choosing or weighing experts."),
    "biases of scores": Missing("scores", "A bias of scores, by distance or learned."),
    "masks": Missing("scores", "Masks of this kind."),
    "attention and Mamba in parallel": Missing("mixer", "Attention and Mamba that add to the same residual."),
    "Kimi Delta Attention": Missing("mixer", "Kimi Delta Attention, whose decay differs by channel."),
    "lightning attention": Missing("mixer", "Lightning attention, which is linear and decays by head."),
    "Mamba-1": Missing("mixer", "Mamba-1; Megatron has Mamba-2."),
    "other recurrences": Missing("mixer", "This recurrence, or attention by hashes, in the place of attention."),
    "short convolutions": Missing("mixer", "Gated short convolutions."),
    "sparse attention": Missing("mixer", "Attention to chosen blocks of tokens, or to a pattern of them."),
    "attention to earlier states": Missing("model", "Attention over what earlier blocks of layers gave."),
    "compressed keys and values": Missing("model", "Keys and values that are compressed along the text."),
    "embedding norm": Missing("model", "A norm on the embeddings."),
    "embeddings by layer": Missing("model", "Embeddings that enter at every layer."),
    "hyper-connections": Missing("model", "Several residual streams, which every layer mixes."),
    "larger embedding": Missing("model", "An embedding with more tokens than the output layer predicts."),
    "larger layers": Missing("model", "Layers of several attentions and MLPs, or stacks that run several times."),
    "normed output layer": Missing("model", "An output layer whose rows are normalised."),
    "shared blocks": Missing("model", "Blocks, or keys and values, that several layers share."),
    "sinusoidal positions": Missing("model", "Fixed sinusoidal positions beside scaled embeddings."),
    "several streams": Missing("model", "Several residual streams, which gates mix, or which predict each other."),
    "text_config": Missing("text_config", "Its language model is what `text_config()` gives."),
    "another model": Missing("another model", "It is no language model of one decoder."),
}
"""What each word means that tables say."""


def read() -> Mapping[str, tuple[str, ...]]:
    """The table: by the reason that a family is refused for, all that would free it.

    Raises:
        ValueError: a word is not one of the few, or a computation stands there twice.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    found: dict[str, tuple[str, ...]] = {}
    for computation, words in rows:
        if computation in found:
            raise ValueError(f"{computation!r} stands there twice")
        found[computation] = listed(words)
    return found


def listed(cell: str) -> tuple[str, ...]:
    """The words of a cell.

    Raises:
        ValueError: one of them is not one of the few.
    """
    words = tuple(cell.split(", ")) if cell else ()
    for word in words:
        if word not in MISSING:
            raise ValueError(f"{word!r} is none of {', '.join(MISSING)}")
    return words


def cure(words: Iterable[str]) -> Cure:
    """What would have to be written for the hardest of some words."""
    return max((MISSING[word].cure for word in words), key=[*CURES].index)


def told(words: Iterable[str]) -> str:
    """What some words mean, and what would have to be written; nothing of none."""
    known = [*words]
    return " ".join((*(MISSING[word].meaning for word in known), CURES[cure(known)])) if known else ""
