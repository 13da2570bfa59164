"""Dropouts: what a class drops in training, and what Megatron does.

Megatron's `hidden_dropout` is of the embedding, and of what attention (or what stands in its place) and MLPs add to the
residual stream; its `attention_dropout` is of the weights of attention. It has no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING, Final

from codegen.table import (
    Constant,
    Guard,
    Inverse,
    NoInverse,
    Part,
    Rename,
    Row,
    deviation_up_to,
    must_be,
    probability,
    same_probability,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


class Place(Flag):
    """Of what a part is dropped with Megatron's `hidden_dropout`."""

    EMBEDDING = auto()
    ATTENTION = auto()
    MLP = auto()
    ADDED = ATTENTION | MLP
    EVERYWHERE = EMBEDDING | ADDED


_WORDS: Final = {
    Place.EMBEDDING: "the embedding",
    Place.ATTENTION: "what attention adds to the residual stream",
    Place.MLP: "what MLPs add to the residual stream",
    Place.ADDED: "what attention and MLPs add to the residual stream",
    Place.EMBEDDING | Place.ATTENTION: "the embedding and of what attention adds",
    Place.EMBEDDING | Place.MLP: "the embedding and of what MLPs add",
}


@dataclass(frozen=True)
class Published:
    """The largest value of a dropout in published checkpoints, above zero."""

    most: float
    where: str


@dataclass(frozen=True)
class Dropout:
    """A field of a class, and of what it drops a part."""

    field: str
    places: Place
    published: Published | None = None
    """None where published checkpoints have zero."""
    in_attention: bool = False
    """Whether it is the dropout of the weights of attention too, from which it is read back."""


def hidden_dropout_of(transformer: TransformerConfig) -> float:
    return transformer.hidden_dropout


def hidden_dropouts(*dropouts: Dropout) -> tuple[Row, ...]:
    """What becomes of a class's dropouts of the embedding and on the residual stream: the rule of all families.

    Where together they drop of what Megatron's does, they must be equal, and are Megatron's. Where they drop of less,
    they are so as a deviation, up to what published checkpoints have; where those have none, they must be zero.
    """
    if not dropouts:
        return (Constant("hidden_dropout", 0.0, "The class has no dropout on the residual stream."),)
    places = Place(0)
    for each in dropouts:
        places |= each.places
    if places == Place.EVERYWHERE:
        return _shared(dropouts)
    differ = f"transformers drops a part of {_WORDS[places]}, and Megatron of {_WORDS[~places]} too"
    published = [each.published for each in dropouts if each.published is not None]
    if published:
        return (*_shared(dropouts), _deviation(dropouts[0].field, differ, published))
    return (
        Constant("hidden_dropout", 0.0, "Megatron's is of more than the class's, which must be zero."),
        *(must_be(each.field, (0.0,), f"above zero, {differ}") for each in dropouts),
    )


def _shared(dropouts: tuple[Dropout, ...]) -> tuple[Row, ...]:
    """Megatron's dropout is the first of the class's, and the others equal it."""
    first, *others = dropouts
    back = (
        NoInverse("it is read back from Megatron's dropout of the weights of attention") if first.in_attention else None
    )
    return (
        Rename(first.field, "hidden_dropout", required=True, inverse=back),
        *(
            same_probability(
                each.field,
                first.field,
                f"must equal {first.field}: Megatron has one dropout for both",
                inverse=(Inverse(each.field, hidden_dropout_of),),
            )
            for each in others
        ),
        *probability(*(each.field for each in dropouts if not each.in_attention)),
    )


def _deviation(field: str, differ: str, published: Sequence[Published]) -> Guard:
    largest = max(published, key=lambda each: each.most)
    why = f"in training, {differ}; without dropout they are equal. Published checkpoints have {largest.most:g}"
    return deviation_up_to("dropout_places", field, largest.most, f"{why} ({largest.where})")


def attention_dropout(field: str) -> tuple[Row, ...]:
    """A dropout of the weights of attention."""
    return (Rename(field, "attention_dropout", required=True), *probability(field))


NO_DROPOUT_IN_ATTENTION: Final = Constant("attention_dropout", 0.0, "The class has no dropout in attention.")


def no_such_dropout(field: str, what: str) -> Guard:
    """A field that is zero in published checkpoints, and drops where Megatron drops nothing."""
    return must_be(field, (0.0,), f"above zero, {what} in training, and Megatron has no such dropout")


WHOLE_LAYERS: Final = Part(rows=(no_such_dropout("layerdrop", "whole layers are left out at random"),))
"""Layers that are left out in training."""
