"""Snapshots of bumps that never were: one kind of change, made to many fields at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from codegen.drift.kinds import Kind
from codegen.schemas import HfClass, HfField, Json, MegatronClass, MegatronField, Snapshot

Field = HfField | MegatronField
Mutation = Callable[[Field], Field | None]
"""None: the field is gone."""


def renamed(field: Field) -> Field:
    """The same field under a new name, as which it is stored too."""
    name = f"{field.name}_v2"
    return replace(field, name=name, stored=name) if isinstance(field, HfField) else replace(field, name=name)


def removed(field: Field) -> None:
    """No field."""


def retyped(field: Field) -> Field:
    """A type that holds values which it could not hold before."""
    return replace(field, type=f"{field.type} | bytes")


def another_default(field: Field) -> Field:
    """Another value of the default; what `__post_init__` makes of it follows where it left the default alone."""
    other = _other(field.default)
    if isinstance(field, MegatronField):
        return replace(field, default=other)
    return replace(field, default=other, after_init=other if field.after_init == field.default else field.after_init)


def _other(value: Json) -> Json:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}_v2"
        case _:
            return 17


def narrowed(field: Field) -> Field:
    """One literal fewer; the field as it is where its type lists none."""
    return replace(field, type=re.sub(r'Literal\["[^"]*", ', "Literal[", field.type, count=1))


def moved(field: Field) -> Field:
    """Declared by the class above."""
    return replace(field, origin=f"Base{field.origin}")


def documented(field: Field) -> Field:
    """Explained in other words."""
    return replace(field, doc="0a1b2c3d4e5f")


MEANINGFUL: dict[str, tuple[Mutation, Kind]] = {
    "rename": (renamed, Kind.RENAMED),
    "remove": (removed, Kind.REMOVED),
    "retype": (retyped, Kind.RETYPED),
    "default": (another_default, Kind.DEFAULT),
    "narrow": (narrowed, Kind.ALLOWED),
}

COSMETIC: dict[str, Mutation] = {"move to the parent": moved, "document": documented}


def mutated(snapshot: Snapshot, path: str, names: Iterable[str], mutation: Mutation) -> Snapshot:
    """The snapshot with some fields of one class changed."""
    wanted = frozenset(names)
    if path in snapshot.hf:
        old = snapshot.hf[path]
        fields = [mutation(field) if field.name in wanted else field for field in old.fields]
        kept = tuple(field for field in fields if isinstance(field, HfField))
        return replace(snapshot, hf={**snapshot.hf, path: replace(old, fields=kept)})
    target = snapshot.megatron[path]
    changed = [mutation(field) if field.name in wanted else field for field in target.fields]
    left = tuple(field for field in changed if isinstance(field, MegatronField))
    return replace(snapshot, megatron={**snapshot.megatron, path: replace(target, fields=left)})


def reordered(kind: HfClass | MegatronClass) -> HfClass | MegatronClass:
    """The same class with everything in it the other way round."""
    if isinstance(kind, MegatronClass):
        return replace(kind, fields=kind.fields[::-1])
    return replace(
        kind,
        fields=kind.fields[::-1],
        properties=kind.properties[::-1],
        undeclared=kind.undeclared[::-1],
        attribute_map=dict(reversed(kind.attribute_map.items())),
    )
