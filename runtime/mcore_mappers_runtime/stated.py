"""What a file states of the language model of a composite config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .composite import TIES, first_that_ties, levels, untied
from .errors import Refusal, UnsupportedConfigError
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

    Raises:
        UnsupportedConfigError: levels contradict each other, or transformers ties by another level, or not at all.
    """
    stated = {each.way: each.data[TIES] for each in around if each.data.get(TIES) is not None}
    odd = tuple(
        Refusal(f"{way}{TIES}", value, "must be true or false")
        for way, value in stated.items()
        if type(value) is not bool
    )
    if odd:
        raise UnsupportedConfigError(None, odd)
    if len({*stated.values()}) > 1:
        raise UnsupportedConfigError(None, (two_ties({f"{way}{TIES}": value for way, value in stated.items()}),))
    having = [each for each in around if TIES in vars(each.config)]
    if not having:
        return
    usual = vars(having[-1].config)[TIES]
    way, tied = next(iter(stated.items()), (having[-1].way, usual))
    refusals = tuple(_decides_nothing(around, stated, usual))
    if tied:
        refusals += tuple(untied([each.config for each in around], way))
    if refusals:
        raise UnsupportedConfigError(None, refusals)
    for each in having:
        setattr(each.config, TIES, tied)


def _decides_nothing(around: Sequence[Level], stated: Mapping[str, object], usual: object) -> Iterator[Refusal]:
    """What is stated only where transformers does not look, and is not what it takes then.

    Args:
        around: the levels of the composite.
        stated: what the file states, by the way to the level.
        usual: what the class of the language model takes.
    """
    reading = around[first_that_ties([each.config for each in around]) :]
    if not any(each.way in stated for each in reading):
        for way, value in stated.items():
            if value != usual:
                reason = (
                    f"transformers ties by {reading[0].way}{TIES}, which is {usual!r} unless stated: state it there"
                )
                yield Refusal(f"{way}{TIES}", value, reason)
