"""Who owns each Megatron field: the words of the owners' table, and the answer for one target.

The table itself is `codegen/megatron/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final, Literal

from codegen.layers import layers_class
from codegen.literals import Scalar, Symbol
from codegen.schemas import MegatronClass, MegatronField, Snapshot

INNER: Final = "transformer"
"""The field of an outer config that holds the inner one. It is structure, and nobody's to decide."""


class Absent(Enum):
    """Marks an architecture field that has no value meaning "absent": every family must decide it."""

    DECIDE = "decide"


DECIDE: Final = Absent.DECIDE


class Owner(Enum):
    """Who decides a Megatron field."""

    ARCHITECTURE = "architecture"
    SUGGESTED = "suggested"
    CALLER = "caller"
    DERIVED = "derived"


@dataclass(frozen=True)
class Absence:
    """An architecture field and the value that means that a model does not have the thing.

    The value must equal Megatron's own default, so that leaving the field out says the same.
    """

    field: str
    absent: Scalar | Symbol | Absent


@dataclass(frozen=True)
class Binding:
    """The models in which the fields of a group have an owner of their own: where this field has this value."""

    field: str
    value: Scalar


@dataclass(frozen=True)
class Group:
    """Fields of Megatron with one owner for one reason. Their order here is their order in generated code."""

    section: str
    """Heading for readers: "sizes", "attention", "experts", ..."""
    classes: tuple[str, ...]
    """Names of the classes that declare them (`TransformerConfig` includes `ModelParallelConfig`'s)."""
    owner: Owner
    why: str
    """True of every field in the group."""
    fields: tuple[str | Absence, ...]
    """`Absence` for architecture fields, plain names for all others."""
    feature: str = ""
    """The architecture field that turns the group on: a family that decides it must decide the whole group."""
    bound: Binding | None = None
    """Where this is given, another group owns the fields in all other models, and in targets that do not bind them."""


@dataclass(frozen=True)
class Needed:
    """Something that models need beside their configs."""

    name: str
    """The constant in the runtime that says what and why."""
    kind: str = ""
    """Of the targets that need it; empty for all."""
    where: tuple[str, ...] = ()
    """Megatron fields that a model has, all of them, which needs it: a family gives them more than their absence."""


@dataclass(frozen=True)
class Target:
    """A pair of Megatron classes, outer model config and inner transformer config, that a family maps to."""

    name: str
    kind: Literal["gpt", "hybrid"]
    """Which rows of a part hold here, beside those that hold everywhere."""
    mapper: str
    """Name of the generated function, but for the family's first target: that one's is `to_megatron`."""
    model_class: str
    """Import path of the outer class."""
    layered_class: str
    """Import path of the outer class of models that have layers of `mcore_mappers.layers`: the same and `layers`."""
    transformer_class: str
    """Import path of the inner class."""
    fields: str
    """Name of the generated `TypedDict` with the fields that a caller may pass."""
    transformer_fields: str
    """Name of the generated `TypedDict` with those of the inner class."""
    model_fields: str
    """Name of the generated `TypedDict` with those of the outer class."""
    attributes: tuple[str, ...] = ()
    """Attributes that Megatron's model code reads from the inner config and that no upstream class declares."""
    three_positions: bool = False
    """Whether its models can read three positions of each token in place of one, for which a caller may ask."""
    restated: tuple[str, ...] = ()
    """Architecture fields that the caller may pass too, in another form of the same value; the family's rule checks."""
    bound: tuple[str, ...] = ()
    """Fields that have the owner of a bound group here."""

    @property
    def model_name(self) -> str:
        """The bare name of the outer class."""
        return self.model_class.rpartition(".")[2]

    @property
    def layered_name(self) -> str:
        """The bare name of the outer class of models with layers."""
        return self.layered_class.rpartition(".")[2]

    @property
    def transformer_name(self) -> str:
        """The bare name of the inner class."""
        return self.transformer_class.rpartition(".")[2]


@dataclass(frozen=True)
class Owned:
    """A Megatron field with its owner."""

    field: MegatronField
    group: Group
    absent: Scalar | Symbol | Absent
    """For architecture fields, the value that means absence, or `DECIDE`; None for all others."""
    position: int
    """Place in the declared order of the table."""

    @property
    def owner(self) -> Owner:
        """Who decides it."""
        return self.group.owner


@dataclass(frozen=True)
class Owners:
    """The owners of all fields of a target, by field name, in the declared order."""

    transformer: Mapping[str, Owned]
    model: Mapping[str, Owned]
    layers: Mapping[str, Owned]
    """Those of `Layers`, which Megatron's own classes do not have."""

    @cached_property
    def declared(self) -> Mapping[str, Owned]:
        """The fields of all three. Where both of Megatron's declare one, the outer's: it writes into the inner."""
        found = {**self.transformer, **self.model, **self.layers}
        return dict(sorted(found.items(), key=lambda item: item[1].position))

    def get(self, name: str) -> Owned | None:
        """The field of any class."""
        return self.declared.get(name)

    def read(self, name: str) -> str:
        """A field of a Megatron config as source. What both classes declare is held by the inner config."""
        holder = "layers" if name in self.layers else "transformer" if name in self.transformer else "model"
        return f"{holder}.{name}"


def owners_of(target: Target, snapshot: Snapshot, groups: Sequence[Group]) -> Owners:
    """The owners of a target's fields; fields without one are left out, and reported by the resolver."""
    return Owners(
        transformer=owned(snapshot.megatron[target.transformer_class], groups, target.bound),
        model=owned(snapshot.megatron[target.model_class], groups, target.bound),
        layers=owned(layers_class(), groups),
    )


def owned(cls: MegatronClass, groups: Sequence[Group], bound: Sequence[str] = ()) -> Mapping[str, Owned]:
    """The fields of a class that have an owner.

    A field that a subclass declares anew keeps the owner that it has in the class that it extends.
    """
    fields = {field.name: field for field in cls.fields}
    classes = {cls.name, *cls.bases}
    found = [
        Owned(fields[name], group, absent, position)
        for position, (group, name, absent) in enumerate(entries(groups))
        if name in fields and classes & set(group.classes) and (name in bound) == (group.bound is not None)
    ]
    return {each.field.name: each for each in found}


def entries(groups: Sequence[Group]) -> Iterator[tuple[Group, str, Scalar | Symbol | Absent]]:
    """Every field of every group, with the value that means absence."""
    for group in groups:
        for entry in group.fields:
            if isinstance(entry, Absence):
                yield group, entry.field, entry.absent
            else:
                yield group, entry, None
