"""The rows of a registry: families, refused classes, types of remote code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Deviation:
    """A constant in which the two models differ and that no Megatron config reaches."""

    identifier: str
    field: str
    """The Hugging Face field whose values bound it."""
    reason: str


@dataclass(frozen=True)
class Family:
    """A Hugging Face config class and what becomes of it."""

    name: str
    """The `model_type`, with `-` written `_`: the name of the mapper's module."""
    config_class: str
    """Import path."""
    architectures: tuple[str, ...]
    """What `architectures` calls its causal language model; empty without a mapper."""
    covers: str
    """Which published models it is for."""
    targets: tuple[str, ...]
    """Import paths of the Megatron configs that it maps to."""
    status: Literal["mapped", "refused"]
    refusals: tuple[tuple[str, str], ...]
    """What is refused, each with the reason: fields of which Megatron takes only some values; for a class that is
    refused whole, also the import path of the computation that Megatron does not have."""
    deviations: tuple[Deviation, ...]
    versions: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """By upstream package, the oldest and the newest release for which the mapper is right; empty without a mapper."""


@dataclass(frozen=True)
class Declared:
    """Fields that a config class declares with the same type."""

    types: tuple[type, ...]
    """The alternatives; empty where generated code reads whatever is there."""
    names: tuple[str, ...]
    entries: tuple[type, ...] = ()
    """For lists, the types of what they hold; empty where they may hold anything."""


@dataclass(frozen=True)
class Fields:
    """What config classes declare of their fields."""

    usual: tuple[Declared, ...]
    """As most classes have them."""
    otherwise: Mapping[str, tuple[Declared, ...]]
    """By family, what its class has instead."""
    layers: frozenset[str]
    """Those that count layers."""


@dataclass(frozen=True)
class OlderRope:
    """How a class of transformers 4.57 reads its rope, where that is not as all others do."""

    names: Mapping[str, str]
    """Keys that it has under another name, and that name."""
    factor_inside: bool
    """Whether it takes `partial_rotary_factor` from inside the scaling, and only its own from beside it."""


@dataclass(frozen=True)
class RefusedClass:
    """A Hugging Face config class that is refused whole."""

    name: str
    config_class: str
    """Import path."""
    computation: str
    """Import path of what Megatron cannot compute."""
    reason: str
    fields: tuple[tuple[str, tuple[object, ...], str], ...] = ()
    """Fields of which Megatron would take only some values, or lists of them: name, those values, and the reason."""


@dataclass(frozen=True)
class Remote:
    """A model type of remote code that computes what a native class does."""

    native: str
    """The `model_type` of that class."""
    architectures: Mapping[str, str]
    """What its files call its causal language model, and what the native class's is called."""
    renamed: Mapping[str, str]
    """Keys that the native class has under another name, and that name."""
    dropped: frozenset[str]
    """Keys that decide nothing, or that have been looked at before."""
    defaults: Mapping[str, object]
    """What the remote code takes for a key that a file leaves out, where the native class takes something else."""
    constants: tuple[tuple[str, object, str], ...]
    """Keys of which the native class has one value: name, that value, and the reason."""
