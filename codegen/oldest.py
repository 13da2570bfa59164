"""The oldest releases of upstream for which the mappers are right; the newest are those of the snapshot.

A family whose class was another one before says so itself, with `Since`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.table import Family

OLDEST: Final[Mapping[str, str]] = {"megatron-core": "0.19.0", "transformers": "5.12.1"}
"""By name of the distribution."""


def releases_of(family: Family, oldest: Mapping[str, str]) -> Mapping[str, str]:
    """The oldest releases for one family."""
    return oldest if family.since is None else {**oldest, family.since.package: family.since.oldest}


def diagnose(families: Sequence[Family], oldest: Mapping[str, str], files: Mapping[str, str]) -> Iterator[Diagnostic]:
    """What families say of releases of packages that are none of upstream's, or without a reason.

    Args:
        families: of the table.
        oldest: by name of the distribution.
        files: by name of the family.
    """
    for family in families:
        if family.since is not None:
            row, file = f"Since({family.since.oldest!r})", files.get(family.name, family.name)
            if family.since.package not in oldest:
                near = did_you_mean(family.since.package, oldest)
                message = f"no upstream package is named {family.since.package!r}{near}"
                yield Diagnostic(Code.STALE_ROW, file, row, message)
            if not family.since.why.strip():
                yield Diagnostic(Code.NO_REASON, file, row, "a reason is required")
