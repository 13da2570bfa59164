"""What a file states of the language model of a composite config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .composite import TIES, levels
from .errors import UnsupportedConfigError
from .native import Data, two_ties

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig


@dataclass(frozen=True)
class Level:
    """One level of a composite, from the outermost to the language model."""

    way: str
    """From the outermost level, with a dot at its end: "text_config."."""
    config: PreTrainedConfig
    data: Data
    """What the file states there."""


def levels_at(data: Data, way: str) -> Iterator[tuple[str, Data]]:
    """What a file states at each level of a way, from the outermost on; nothing where it has no such level."""
    steps = way.split(".")[:-1]
    yield "", data
    for place in range(len(steps)):
        inner: object = data.get(steps[place])
        data = cast("Data", inner) if isinstance(inner, Mapping) else {}
        yield ".".join(steps[: place + 1]) + ".", data


def levels_of(config: PreTrainedConfig, data: Data) -> tuple[Level, ...]:
    """The levels of a config that was built from a file; a config that is no composite is one level."""
    return tuple(Level(way, each, [*levels_at(data, way)][-1][1]) for way, each in levels(config))


def tie(around: Sequence[Level]) -> None:
    """Decide whether the embeddings and the output layer of a language model are tied, and say so at every level.

    What the file states decides, at whichever level; else the class of the language model, which is what transformers
    4 took, and what published checkpoints were written with.
    """
    stated = {f"{each.way}{TIES}": each.data[TIES] for each in around if each.data.get(TIES) is not None}
    if len({*stated.values()}) > 1:
        raise UnsupportedConfigError(None, (two_ties(stated),))
    having = [each for each in around if TIES in vars(each.config)]
    if not having:
        return
    tied = next(iter(stated.values()), vars(having[-1].config)[TIES])
    for each in having:
        setattr(each.config, TIES, tied)
