"""The round trip: how each Hugging Face field is read from a Megatron config, or that it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import read_function
from codegen.owners import INNER
from codegen.plan import Placed, Verdict
from codegen.resolve.collect import remote_keys, says
from codegen.rows.interface import Carried, Context, Inverse, NoInverse, Role

NEEDED = (Role.USED.text, Role.MUST_BE.text)
"""Verdicts of fields that must be read back, or declared lost."""


@dataclass(frozen=True)
class Ways:
    """What the rows of a family say of the round trip."""

    carried: tuple[tuple[Placed, Carried], ...]
    sometimes: frozenset[str]
    """Fields that are read back from some models only."""
    lost: frozenset[str]
    """Fields of which a row says why they are not read back."""


def ways(rows: tuple[Placed, ...], context: Context) -> Ways:
    """The fields that each row reads back together."""
    found = [(placed, carried) for placed in rows if (carried := placed.row.carried(context)) is not None]
    lost: set[str] = set()
    for placed in rows:
        if isinstance(placed.row.back, NoInverse):
            lost |= placed.row.reads
    stated = [each for placed in rows if isinstance(back := placed.row.back, tuple) for each in back]
    sometimes = {each.field for each in stated if "NotCarried" in read_function(each.function).returns}
    return Ways(tuple(found), frozenset(sometimes), frozenset(lost))


def diagnose(
    rows: tuple[Placed, ...], found: Ways, context: Context, verdicts: tuple[Verdict, ...]
) -> Iterator[Diagnostic]:
    """Fields that nothing reads back, that two rows read back, and inverses that read what is not there.

    Args:
        rows: of the family.
        found: the ways back of these.
        context: its class, and the target.
        verdicts: on the fields of both.
    """
    writers: dict[str, Placed] = {}
    for placed, carried in found.carried:
        for name in carried.names:
            other = writers.setdefault(name, placed)
            if other is not placed:
                message = f"{name!r} is read back by {other.row} in {other.file} too"
                yield says(placed, Code.DOUBLED_ROW, message)
    needed = {verdict.field for verdict in verdicts if verdict.verdict in NEEDED}
    remote = remote_keys(rows)
    for placed in rows:
        # What decides nothing need not be told of the round trip; whatever does decide is.
        read = placed.row.reads if placed.row.decides else frozenset[str]()
        missing = read & needed & context.hf.declared_fields - writers.keys() - found.lost
        for name in sorted(missing):
            message = f"nothing reads {name!r} back; state its inverse, or NoInverse and why"
            yield says(placed, Code.MISSING_INVERSE, message)
        yield from _inverses(placed, context, remote)


def _inverses(placed: Placed, context: Context, keys: frozenset[str]) -> Iterator[Diagnostic]:
    back = placed.row.back
    if isinstance(back, NoInverse) and not back.why.strip():
        yield says(placed, Code.MISSING_INVERSE, "NoInverse must say why nothing is read back")
    if isinstance(back, tuple):
        if not back:
            message = "state the inverse of each field that it reads, or NoInverse and why"
            yield says(placed, Code.MISSING_INVERSE, message)
        for inverse in back:
            yield from _inverse(placed, inverse, context, keys)


def _inverse(placed: Placed, inverse: Inverse, context: Context, keys: frozenset[str]) -> Iterator[Diagnostic]:
    sources = context.hf.positions.keys() | keys
    if inverse.field not in sources:
        near = did_you_mean(inverse.field, sources)
        message = f"{context.hf.name} has no field {inverse.field!r} to read back{near}"
        yield says(placed, Code.STALE_ROW, message)
    function = read_function(inverse.function)
    owners = context.owners
    for parameter, fields in (
        ("model", owners.model),
        ("transformer", owners.transformer),
        ("layers", owners.layers),
    ):
        for name in sorted(function.reads.get(parameter, frozenset()) - fields.keys() - {INNER}):
            near = did_you_mean(name, fields)
            message = f"{function.name} reads {parameter}.{name}, which the target lacks{near}"
            yield says(placed, Code.UNKNOWN_READ, message)
