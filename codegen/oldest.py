"""The oldest releases of upstream for which the mappers are right; the newest are those of the snapshot.

A family whose class is younger says so itself, with `Since`. What a class was before a release, whether it spelt
something otherwise or computed something else, stands in rows of its family and of parts: `Older`, `Otherwise`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from packaging.version import InvalidVersion, Version

from codegen import reasons
from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.rows.older import Older, Otherwise
from codegen.schemas import Snapshot
from codegen.table import Family, Part

OLDEST: Final[Mapping[str, str]] = {"megatron-core": "0.19.0", "transformers": "5.5.0"}
"""By name of the distribution."""

_TRANSFORMERS = "transformers"


def releases_of(family: Family, oldest: Mapping[str, str]) -> Mapping[str, str]:
    """The oldest releases for one family."""
    return oldest if family.since is None else {**oldest, family.since.package: family.since.oldest}


def older_rows(family: Family) -> tuple[Older | Otherwise, ...]:
    """What the class of a family was in older releases that have it: what its parts say, less what it replaces."""
    rows = (*_kept(family.parts, family.replaces), *family.older)
    since = family.since.oldest if family.since is not None and family.since.package == _TRANSFORMERS else "0"
    # A part may be of classes that are older than this one.
    return tuple(dict.fromkeys(row for row in rows if _version(row) > Version(since)))


def _kept(parts: Sequence[Part], replaces: Sequence[str]) -> Iterator[Older | Otherwise]:
    for part in parts:
        for row in (*_kept(part.includes, part.replaces), *part.older):
            if row.field not in replaces:
                yield row


def _version(row: Older | Otherwise) -> Version:
    try:
        return Version(row.since)
    except InvalidVersion:
        return Version("0")


def diagnose(
    families: Sequence[Family], oldest: Mapping[str, str], files: Mapping[str, str], snapshot: Snapshot
) -> Iterator[Diagnostic]:
    """What families say of releases that cannot be, or without a reason.

    Args:
        families: of the table.
        oldest: by name of the distribution.
        files: by name of the family.
        snapshot: what upstream looks like.
    """
    for family in families:
        file = files.get(family.name, family.name)
        if family.since is not None:
            row = f"Since({family.since.oldest!r})"
            if family.since.package not in oldest:
                near = did_you_mean(family.since.package, oldest)
                message = f"no upstream package is named {family.since.package!r}{near}"
                yield Diagnostic(Code.STALE_ROW, file, row, message)
            yield from reasons.diagnose(file, row, family.since.why)
        yield from _of_older_rows(family, oldest, file, snapshot)


def _of_older_rows(family: Family, oldest: Mapping[str, str], file: str, snapshot: Snapshot) -> Iterator[Diagnostic]:
    first = Version(releases_of(family, oldest).get(_TRANSFORMERS, "0"))
    newest = Version(snapshot.versions.get(_TRANSFORMERS, "0"))
    seen: dict[tuple[str, type], Older | Otherwise] = {}
    for row in (*_kept(family.parts, family.replaces), *family.older):
        yield from reasons.diagnose(file, str(row), row.why)
        if not _version(row).release[1:] or _version(row) > newest:
            message = f"{row.since!r} is no release of transformers up to {newest}"
            yield Diagnostic(Code.STALE_ROW, file, str(row), message)
        if row in family.older and _version(row) <= first:
            message = f"no release of the window is older than {row.since}: {first} is its first"
            yield Diagnostic(Code.STALE_ROW, file, str(row), message)
        key = (row.field, type(row.place if isinstance(row, Older) else row.cure))
        if seen.setdefault(key, row) != row:
            message = f"{row.field!r} stands again in {seen[key]}"
            yield Diagnostic(Code.DOUBLED_ROW, file, str(row), message)
        yield from _of_unknown_field(family, row, file, snapshot)


def _of_unknown_field(family: Family, row: Older | Otherwise, file: str, snapshot: Snapshot) -> Iterator[Diagnostic]:
    hf = snapshot.hf.get(family.config)
    name = row.field.partition(".")[0]
    # A family that lacks the class is told so elsewhere.
    if hf is None or hf.has(name) or name in _keys(Part(family.rows, family.parts, (), family.gpt, family.hybrid)):
        return
    near = did_you_mean(name, [field.name for field in hf.fields])
    yield Diagnostic(Code.STALE_ROW, file, str(row), f"{family.config_name} has no field {name!r}{near}")


def _keys(part: Part) -> Iterator[str]:
    """What rows know beside the fields of a class."""
    for each in part.includes:
        yield from _keys(each)
    for row in (*part.rows, *(part.gpt or ()), *(part.hybrid or ())):
        yield from row.names
