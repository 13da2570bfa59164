"""What is wrong with a reason: there is none, it puts off what it should say, or upstream does not bear it out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from codegen.diagnostics import Code, Diagnostic
from codegen.schemas import Snapshot
from codegen.table import Remote

_PUT_OFF = re.compile(
    r"\b(todo|tbd|fixme|pending|undecided|to be (decided|done|looked at)|not (yet )?(looked|decided)|"
    r"(nobody|no one)( has)?( yet)? (looked|decided))\b",
    re.IGNORECASE,
)
"""What a reason says that gives none."""


def diagnose(file: str, row: str, *reasons: str) -> Iterator[Diagnostic]:
    """What is wrong with the reasons of a row, each thing once.

    Args:
        file: that has the row.
        row: as it is written there.
        reasons: that it gives.
    """
    if not all(why.strip() for why in reasons):
        yield Diagnostic(Code.NO_REASON, file, row, "a reason is required")
    for why in dict.fromkeys(why for why in reasons if _PUT_OFF.search(why)):
        message = f"{why!r} is no reason. Only a class can be left for later, and Pending(...) says that of it"
        yield Diagnostic(Code.REASON_PUT_OFF, file, row, message)


def diagnose_computation(file: str, row: str, computation: str, snapshot: Snapshot) -> Iterator[Diagnostic]:
    """Whether upstream has the computation that a row gives as its reason, as far as the snapshot knows."""
    if computation not in snapshot.computations:
        message = (
            f"the snapshot has no {computation}: if the row is new, regen asks upstream for it; "
            "if upstream has none any more, see what the class computes now"
        )
        yield Diagnostic(Code.COMPUTATION_GONE, file, row, message)


def diagnose_remote(remote: Sequence[Remote], file: str) -> Iterator[Diagnostic]:
    """What is wrong with the reasons for reading types of remote code as native classes; the file is that of these."""
    for row in remote:
        inner = (*(each.why for each in row.dropped), *(each.why for each in row.constants))
        yield from diagnose(file, f"Remote({row.model_type!r})", row.why, *inner)


def diagnose_refused(types: Mapping[str, str], file: str) -> Iterator[Diagnostic]:
    """What is wrong with the reasons for not reading types of remote code; the file is that of these."""
    for name, why in types.items():
        yield from diagnose(file, f"REFUSED[{name!r}]", why)
