"""Functions of upstream that mappers and reasons rely on: which changed, and which of the changes somebody has read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.schemas import Body, Snapshot
from codegen.table import Confirmed, RefusedClass, Unmapped

_SHOWN = 4
"""Most of those that changed alike, in a message."""

_Change = tuple[str | None, str]
"""The former digest and the digest: bodies with the same pair changed alike."""


def carried(old: Snapshot, new: Snapshot) -> Snapshot:
    """The new snapshot, whose bodies know what they were when somebody last answered for them.

    A class that the old one does not have is new to the table, and its author has read it, with the functions of
    transformers that models share; so has who refused a class for what one computes. What else begins to read a field
    of Megatron's, or to be used by models, is new to everybody.
    """
    classes = {
        path: replace(kind, bodies=_carried(old.hf[path].bodies, kind.bodies)) if path in old.hf else kind
        for path, kind in new.hf.items()
    }
    known = {_package(path) for path in old.bodies}
    read = {path for path in new.bodies if _package(path) not in known or _was_read(path, old, new)}
    return replace(new, hf=classes, bodies=_carried(old.bodies, new.bodies, read=read))


def _package(path: str) -> str:
    """As it is imported. A recording of before there were bodies has none of its package."""
    return path.partition(".")[0]


def _was_read(path: str, old: Snapshot, new: Snapshot) -> bool:
    """Whether somebody wrote a row because of a function of transformers that the old snapshot does not have."""
    if _package(path) == "megatron":
        return False
    computations = {*new.computations} - {*old.computations}
    return bool(new.hf.keys() - old.hf.keys()) or any(f"{named}.".startswith(f"{path}.") for named in computations)


def _carried(
    old: Mapping[str, Body], new: Mapping[str, Body], *, read: Collection[str] = frozenset()
) -> Mapping[str, Body]:
    """Bodies with their former digest.

    Args:
        old: bodies of the committed snapshot; without any, it is older than they are.
        new: those that were introspected.
        read: those that, where they were not there, do not count as changed.
    """
    if not old:
        return new
    found: dict[str, Body] = {}
    for path, body in new.items():
        before = old.get(path)
        if before is None:
            found[path] = body if path in read else replace(body, former="")
        else:
            found[path] = before if before.digest == body.digest else replace(body, former=before.digest)
    return found


def as_first_seen(snapshot: Snapshot) -> Snapshot:
    """The snapshot of a release alone: its bodies without what they were in others."""
    hf = {path: replace(kind, bodies=_plain(kind.bodies)) for path, kind in snapshot.hf.items()}
    return replace(snapshot, hf=hf, bodies=_plain(snapshot.bodies))


def _plain(bodies: Mapping[str, Body]) -> Mapping[str, Body]:
    return {path: Body(body.digest) for path, body in bodies.items()}


def of_package(snapshot: Snapshot, package: str) -> Mapping[str, Body]:
    """The bodies that no class has to itself, of one package as it is imported."""
    return {path: body for path, body in snapshot.bodies.items() if path.startswith(f"{package}.")}


def changed(snapshot: Snapshot) -> Mapping[_Change, Mapping[str, str]]:
    """Every body that is not what it was when it was first seen, by what changed: path, and who relies on it."""
    found: dict[_Change, dict[str, str]] = {}
    for kind in snapshot.hf.values():
        for path, body in kind.bodies.items():
            if body.former is not None:
                found.setdefault((body.former, body.digest), {})[path] = kind.name
    for path, body in snapshot.bodies.items():
        if body.former is not None:
            found.setdefault((body.former, body.digest), {})[path] = ""
    return found


def diagnose(
    snapshot: Snapshot, confirmed: Sequence[Confirmed], refused: Sequence[Unmapped], file: str
) -> Iterator[Diagnostic]:
    """Changes that nobody has answered for, and rows for what is not there.

    Args:
        snapshot: with what bodies were and are.
        confirmed: the rows of the table.
        refused: classes that are refused, for what upstream computes.
        file: where the rows stand.
    """
    changes = changed(snapshot)
    read: set[_Change] = set()
    for row in confirmed:
        place = f"Confirmed({row.body!r}, {row.digest!r})"
        found = [change for change, paths in changes.items() if row.body in paths and change[1] == row.digest]
        if not found:
            known = {path for paths in changes.values() for path in paths}
            near = "" if row.body in known else did_you_mean(row.body, known)
            message = f"no body of this name changed into this{near}; delete the row, or read what changed since"
            yield Diagnostic(Code.STALE_ROW, file, place, message)
        elif read & {*found}:
            yield Diagnostic(Code.DOUBLED_ROW, file, place, "another row is about the same change")
        if not row.why.strip():
            yield Diagnostic(Code.NO_REASON, file, place, "a reason is required")
        read |= {*found}
    for change, paths in changes.items():
        if change not in read:
            yield Diagnostic(Code.BODY_CHANGED, file, "", _told(change, paths, refused))


def _told(change: _Change, paths: Mapping[str, str], refused: Sequence[Unmapped]) -> str:
    first, *others = sorted(paths)
    alike = f" (and alike {_some(others)})" if others else ""
    how = "is new" if change[0] == "" else "has changed"
    return (
        f"{first} {how}{alike}, and {_reliant(paths, refused)}: read it, mend what is not true any more, and say so: "
        f'Confirmed("{first}", "{change[1]}", why)'
    )


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:_SHOWN])
    return f"{shown} and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else shown


def _reliant(paths: Mapping[str, str], refused: Sequence[Unmapped]) -> str:
    """Who relies on bodies, in words."""
    classes = sorted({name for name in paths.values() if name})
    if classes:
        return f"the mapper of {_some(classes)} relies on it"
    rows = [row.name for row in refused for path in paths if isinstance(row, RefusedClass) and _is_of(path, row)]
    if rows:
        return f"the reason why {_some(sorted(set(rows)))} is refused relies on it"
    side = "owners of Megatron's fields" if any(path.startswith("megatron.") for path in paths) else "mappers"
    return f"{side} rely on it"


def _is_of(path: str, row: RefusedClass) -> bool:
    """Whether a body is what a class is refused for, or of the class itself."""
    return any(
        f"{named}.".startswith(f"{path}.") or path.startswith(f"{named}.")
        for named in (row.computation, row.config_class)
    )
