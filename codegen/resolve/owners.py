"""Who owns each Megatron field: the owners table, held against the snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.schemas import Json, MegatronClass, MegatronField, Snapshot
from codegen.table import Absence, Absent, Group, Owner, Scalar, Symbol, Target

FILE = "codegen/families/owners"
"""Where a reader finds the table."""

INNER = "transformer"
"""The field of an outer config that holds the inner one. It is structure, and nobody's to decide."""


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

    def get(self, name: str) -> Owned | None:
        """The field of either class. Where both declare it, the outer one: it writes into the inner."""
        return self.model.get(name) or self.transformer.get(name)


def owners_of(target: Target, snapshot: Snapshot, groups: Sequence[Group]) -> Owners:
    """The owners of a target's fields; fields without one are left out, and reported by `diagnose`."""
    return Owners(
        transformer=_owned(snapshot.megatron[target.transformer_class], groups, target.bound),
        model=_owned(snapshot.megatron[target.model_class], groups, target.bound),
    )


def documentation_of(target: Target, name: str, snapshot: Snapshot) -> str:
    """Import path of a target's field, where upstream documents it; of the outer class, where that does."""
    classes = (snapshot.megatron[target.model_class], snapshot.megatron[target.transformer_class])
    return next(filter(None, (cls.documented(name) for cls in classes)), "")


def _owned(cls: MegatronClass, groups: Sequence[Group], bound: Sequence[str] = ()) -> Mapping[str, Owned]:
    """A field that a subclass declares anew keeps the owner that it has in the class that it extends."""
    fields = {field.name: field for field in cls.fields}
    classes = {cls.name, *cls.bases}
    entries = [
        Owned(fields[name], group, absent, position)
        for position, (group, name, absent) in enumerate(_entries(groups))
        if name in fields and classes & set(group.classes) and (name in bound) == (group.bound is not None)
    ]
    return {owned.field.name: owned for owned in entries}


def _entries(groups: Sequence[Group]) -> Iterator[tuple[Group, str, Scalar | Symbol | Absent]]:
    for group in groups:
        for entry in group.fields:
            if isinstance(entry, Absence):
                yield group, entry.field, entry.absent
            else:
                yield group, entry, None


def diagnose(snapshot: Snapshot, groups: Sequence[Group]) -> Iterator[Diagnostic]:
    """Fields without an owner, owners without a field, doubled ones, and absent values that are no longer defaults."""
    for cls in snapshot.megatron.values():
        owned = _owned(cls, groups)
        for field in cls.fields:
            if field.name not in owned and field.name != INNER:
                described = f"{cls.name}.{field.name}: {field.type} = {show(field.default)}"
                yield Diagnostic(Code.NO_OWNER, FILE, "", f"{described} has no owner", cls.documented(field.name))
        for entry in owned.values():
            if _changed(entry):
                expected = entry.absent.path if isinstance(entry.absent, Symbol) else repr(entry.absent)
                yield Diagnostic(
                    Code.CHANGED_ABSENT_DEFAULT,
                    FILE,
                    f"Absence({entry.field.name!r}, ...)",
                    f"{cls.name}.{entry.field.name} defaults to {show(entry.field.default)}, not to {expected}: "
                    "leaving it out no longer means that a model does not have it",
                )
    yield from _stale(snapshot, groups)


def _changed(owned: Owned) -> bool:
    if owned.owner is not Owner.ARCHITECTURE or isinstance(owned.absent, Absent):
        return False
    if isinstance(owned.absent, Symbol):
        return owned.field.default != {"$symbol": owned.absent.path}
    default = owned.field.default
    return default != owned.absent or isinstance(default, bool) != isinstance(owned.absent, bool)


def _stale(snapshot: Snapshot, groups: Sequence[Group]) -> Iterator[Diagnostic]:
    declared = {cls.name: frozenset(field.name for field in cls.fields) for cls in snapshot.megatron.values()}
    seen: set[tuple[str, str, bool]] = set()
    for group, name, _ in _entries(groups):
        row = f"Group({group.section!r}): {name}"
        if (group.owner is Owner.ARCHITECTURE) != _is_absence(group, name):
            yield Diagnostic(Code.STALE_OWNER, FILE, row, "architecture fields are Absence rows, and no others are")
        # A class that no family maps to is not in the snapshot.
        for cls in group.classes:
            names = declared.get(cls, frozenset())
            if cls in declared and name not in names:
                yield Diagnostic(Code.STALE_OWNER, FILE, row, f"{cls} has no field {name!r}{did_you_mean(name, names)}")
            place = (cls, name, group.bound is not None)
            if place in seen:
                yield Diagnostic(Code.STALE_OWNER, FILE, row, f"{cls}.{name} has an owner already")
            seen.add(place)
        if not group.why.strip():
            yield Diagnostic(Code.NO_REASON, FILE, f"Group({group.section!r})", "a reason is required")


def _is_absence(group: Group, name: str) -> bool:
    return any(isinstance(entry, Absence) and entry.field == name for entry in group.fields)


def show(value: Json) -> str:
    """A default as a reader would write it."""
    if isinstance(value, dict) and len(value) == 1:
        (kind, inner), *_ = value.items()
        if kind in ("$symbol", "$enum", "$float", "$repr"):
            return str(inner)
        if kind == "$tuple" and isinstance(inner, list):
            return f"({', '.join(map(show, inner))})"
        if kind == "$required":
            return "(required)"
    return repr(value)
