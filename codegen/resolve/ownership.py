"""The owners of Megatron's fields, held against the snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codegen import reasons
from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.layers import layers_class
from codegen.literals import Symbol, described
from codegen.owners import INNER, Absence, Absent, Group, Owned, Owner, Target, entries, owned
from codegen.schemas import Json, MegatronClass, Snapshot


def documentation_of(target: Target, name: str, snapshot: Snapshot) -> str:
    """Import path of a target's field, where upstream documents it; of the outer class, where that does."""
    classes = (snapshot.megatron[target.model_class], snapshot.megatron[target.transformer_class])
    return next(filter(None, (cls.documented(name) for cls in classes)), "")


def diagnose(snapshot: Snapshot, groups: Sequence[Group], file: str) -> Iterator[Diagnostic]:
    """Fields without an owner, owners without a field, doubled ones, and absent values that are no longer defaults.

    Args:
        snapshot: with Megatron's classes.
        groups: the table of owners.
        file: where a reader finds it.
    """
    # A table with owners of its own need not have layers.
    ours = [layers_class()] if any(layers_class().name in group.classes for group in groups) else []
    for cls in (*snapshot.megatron.values(), *ours):
        known = owned(cls, groups)
        for field in cls.fields:
            if field.name not in known and field.name != INNER:
                named = f"{cls.name}.{field.name}: {field.type} = {show(field.default)}"
                yield Diagnostic(Code.NO_OWNER, file, "", f"{named} has no owner", cls.documented(field.name))
        for entry in known.values():
            if _changed(entry):
                assert not isinstance(entry.absent, Absent)
                row = f"Absence({entry.field.name!r}, ...)"
                message = (
                    f"{cls.name}.{entry.field.name} defaults to {show(entry.field.default)}, "
                    f"not to {described(entry.absent)}: leaving it out no longer means that a model does not have it"
                )
                yield Diagnostic(Code.CHANGED_ABSENT_DEFAULT, file, row, message)
    yield from _stale([*snapshot.megatron.values(), *ours], groups, file)


def _changed(entry: Owned) -> bool:
    if entry.owner is not Owner.ARCHITECTURE or isinstance(entry.absent, Absent):
        return False
    if isinstance(entry.absent, Symbol):
        return entry.field.default != {"$symbol": entry.absent.path}
    default = entry.field.default
    return default != entry.absent or isinstance(default, bool) != isinstance(entry.absent, bool)


def _stale(classes: Sequence[MegatronClass], groups: Sequence[Group], file: str) -> Iterator[Diagnostic]:
    declared = {cls.name: frozenset(field.name for field in cls.fields) for cls in classes}
    seen: set[tuple[str, str, bool]] = set()
    for group, name, _ in entries(groups):
        row = f"Group({group.section!r}): {name}"
        if (group.owner is Owner.ARCHITECTURE) != _is_absence(group, name):
            yield Diagnostic(Code.STALE_OWNER, file, row, "architecture fields are Absence rows, and no others are")
        # A class that no family maps to is not in the snapshot.
        for cls in group.classes:
            names = declared.get(cls, frozenset())
            if cls in declared and name not in names:
                yield Diagnostic(Code.STALE_OWNER, file, row, f"{cls} has no field {name!r}{did_you_mean(name, names)}")
            place = (cls, name, group.bound is not None)
            if place in seen:
                yield Diagnostic(Code.STALE_OWNER, file, row, f"{cls}.{name} has an owner already")
            seen.add(place)
        yield from reasons.diagnose(file, f"Group({group.section!r})", group.why)


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
