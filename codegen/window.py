"""The releases of upstream for which a family's mapper is right: from an oldest one to what the snapshot describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.table import Family

FILE = "codegen/families/window.py"
"""Where a reader finds the rows."""


@dataclass(frozen=True)
class Narrower:
    """Families that older releases have no class for, or whose class reads or spells something else there.

    A mapper says what holds for the classes of its snapshot; it does not branch by release.
    """

    package: str
    """Name of the distribution: `transformers` or `megatron-core`."""
    oldest: str
    """The first release for which they are right."""
    families: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Window:
    """The oldest release of each upstream package; the newest is the one that the snapshot describes."""

    oldest: Mapping[str, str]
    """By name of the distribution, for every family that no row says more of."""
    narrower: tuple[Narrower, ...] = ()

    def of(self, family: str) -> Mapping[str, str]:
        """The oldest releases for one family."""
        own = {row.package: row.oldest for row in self.narrower if family in row.families}
        return {**self.oldest, **own}


def diagnose(window: Window, families: Sequence[Family]) -> Iterator[Diagnostic]:
    """Rows about what does not exist, or said twice."""
    known = {family.name for family in families}
    seen: set[tuple[str, str]] = set()
    for row in window.narrower:
        place = f"Narrower({row.package!r}, {row.oldest!r})"
        if row.package not in window.oldest:
            message = f"no upstream package is named {row.package!r}{did_you_mean(row.package, window.oldest)}"
            yield Diagnostic(Code.STALE_ROW, FILE, place, message)
        for name in row.families:
            if name not in known:
                yield Diagnostic(Code.STALE_ROW, FILE, place, f"no family {name!r}{did_you_mean(name, known)}")
            if (row.package, name) in seen:
                message = f"the oldest {row.package} of {name!r} is stated already"
                yield Diagnostic(Code.DOUBLED_ROW, FILE, place, message)
            seen.add((row.package, name))
        if not row.why.strip():
            yield Diagnostic(Code.NO_REASON, FILE, place, "a reason is required")
