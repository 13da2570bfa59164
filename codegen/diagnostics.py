"""What stops the generator: every diagnostic has a stable id, and all of them come in one run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum


class Code(Enum):
    """Stable ids. A retired one is not given to anything else."""

    TARGET_UNDECIDED = "MAP001"
    SOURCE_UNDECIDED = "MAP002"
    UNDECLARED_UNDECIDED = "MAP003"
    STALE_ROW = "MAP004"
    DOUBLED_ROW = "MAP005"
    IGNORED_AND_USED = "MAP006"
    TYPE_MISMATCH = "MAP007"
    UNKNOWN_READ = "MAP008"
    MISSING_INVERSE = "MAP009"
    LITERAL_NOT_COVERED = "MAP010"
    NO_OWNER = "MAP011"
    CHANGED_ABSENT_DEFAULT = "MAP012"
    FUNCTION_NOT_CARRIED = "MAP013"
    VERSIONS_DIFFER = "MAP014"
    NOT_THE_MAPPERS = "MAP015"
    NO_DOMAIN = "MAP016"
    UNKNOWN_SYMBOL = "MAP017"
    STALE_OWNER = "MAP018"
    FALSE_CLAIM = "MAP019"
    NO_REASON = "MAP020"
    STALE_DROP = "MAP021"
    UNKNOWN_CLASS = "MAP022"
    NO_FAMILY = "MAP023"
    COMPUTATION_GONE = "MAP024"
    NOT_SERVED = "MAP025"
    NATIVE_NOW = "MAP026"
    REASON_PUT_OFF = "MAP027"
    BODY_CHANGED = "MAP028"
    DROP_OF_SEVERAL = "MAP029"
    LAYER_UNSAID = "MAP030"


Documentation = Callable[[str], str | None]
"""What upstream says of a field, by its import path; None where its source is not at hand."""


def nothing(_: str) -> None:
    """The documentation where no source is read."""


@dataclass(frozen=True)
class Diagnostic:
    """One thing that a person must decide or mend before anything is written."""

    code: Code
    file: str
    """The file of the table to edit, relative to the repository root."""
    row: str
    """The row, as it is written there; empty where a row is missing."""
    message: str
    documented: str = ""
    """Import path of the field that it is about, where upstream documents that: what upstream says helps to decide."""

    def mentions(self, *names: str) -> bool:
        """Whether it is about one of these names; near ones do not count."""
        own = self.message.partition("; did you mean")[0]
        words = set(re.findall(r"\w+", f"{self.row} {own}"))
        return any(name in words or (name and "." in name and name in self.message) for name in names)

    def told(self, upstream: Documentation, line: int | None = None) -> str:
        """The whole of it, with upstream's own words where they can be read, else with where they stand.

        Args:
            upstream: what upstream says.
            line: of the row in the file, or of the family that lacks one.
        """
        file = self.file if line is None else f"{self.file}:{line}"
        place = f"{file}: {self.row}" if self.row else file
        return f"{self.code.value} {place}: {self.explained(upstream)}"

    def explained(self, upstream: Documentation) -> str:
        """The message, and upstream's words or their place."""
        if not self.documented:
            return self.message
        said = upstream(self.documented)
        return f"{self.message}; {f'upstream says: {said}' if said else f'documented at {self.documented}'}"

    def __str__(self) -> str:
        return self.told(nothing)


class GenerationError(Exception):
    """Diagnostics that keep the generator from writing anything."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics), key=lambda d: (d.code.value, d.file, d.row, d.message)))
        super().__init__("\n".join(map(str, self.diagnostics)))


class IntrospectionError(Exception):
    """Upstream's source does not show what a snapshot must hold."""


class FolderError(Exception):
    """A folder is not the generator's, or holds what is not where something is to be written."""


class SourceError(Exception):
    """What the rules give is no Python."""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A suffix that names the nearest known name, if one is near."""
    near = get_close_matches(name, sorted(names), n=1, cutoff=0.7)
    return f"; did you mean {near[0]!r}?" if near else ""
