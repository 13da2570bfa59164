"""The way back: how each Hugging Face field is read from a Megatron config, or that it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import read_function
from codegen.plan import Carried, Verdict
from codegen.resolve.expressions import call
from codegen.resolve.owners import INNER, Owners
from codegen.resolve.rows import Placed, inverses, reads, remote_keys
from codegen.schemas import HfClass
from codegen.table import Choice, InDomain, Inverse, MustBe, NoInverse, Rename

NEEDED = ("used", "must be")
"""Verdicts of fields that must be read back, or declared lost."""


@dataclass(frozen=True)
class Ways:
    """What the rows of a family say of the way back."""

    carried: tuple[tuple[Placed, Carried], ...]
    sometimes: frozenset[str]
    """Fields that are read back from some models only."""
    lost: frozenset[str]
    """Fields of which a row says why they are not read back."""


def ways(rows: tuple[Placed, ...], owners: Owners, hf: HfClass) -> Ways:
    """The fields that each row reads back together."""
    found = [(placed, carried) for placed in rows if (carried := _carried(placed, owners, hf)) is not None]
    lost: set[str] = set()
    for placed in rows:
        if isinstance(inverses(placed.row), NoInverse):
            lost |= reads(placed.row)
    stated = [each for placed in rows if isinstance(back := inverses(placed.row), tuple) for each in back]
    sometimes = {each.field for each in stated if "NotCarried" in read_function(each.function).returns}
    return Ways(tuple(found), frozenset(sometimes), frozenset(lost))


def _carried(placed: Placed, owners: Owners, hf: HfClass) -> Carried | None:
    declared = {field.name for field in hf.fields if field.declared}
    match placed.row:
        case Rename(source, target) if source in declared and placed.row.back is None:
            return Carried((source,), (_read(target, owners),))
        case Choice(source, target, table):
            return Carried((source,), (f"key_of({table.name}, {_read(target, owners)})",))
        case MustBe(source, (constant,)) if source in declared:
            return Carried((source,), (repr(constant),))
        case row:
            back = inverses(row)
            if isinstance(back, tuple) and back:
                return Carried(tuple(each.field for each in back), tuple(call(each.function) for each in back))
            return None


def _read(target: str, owners: Owners) -> str:
    """A field of a Megatron config as source. What both classes declare is held by the inner config."""
    return f"transformer.{target}" if target in owners.transformer else f"model.{target}"


def diagnose(
    rows: tuple[Placed, ...], owners: Owners, hf: HfClass, verdicts: tuple[Verdict, ...]
) -> Iterator[Diagnostic]:
    """Fields that nothing reads back, that two rows read back, and inverses that read what is not there."""
    found = ways(rows, owners, hf)
    writers: dict[str, Placed] = {}
    for placed, carried in found.carried:
        for name in carried.names:
            other = writers.setdefault(name, placed)
            if other is not placed:
                yield placed.says(Code.DOUBLED_ROW, f"{name!r} is read back by {other.text} in {other.file} too")
    needed = {verdict.field for verdict in verdicts if verdict.verdict in NEEDED}
    declared = {field.name for field in hf.fields if field.declared}
    for placed in rows:
        # A domain alone decides nothing; whatever does is told of it.
        read = frozenset[str]() if isinstance(placed.row, InDomain) else reads(placed.row)
        missing = read & needed & declared - writers.keys() - found.lost
        for name in sorted(missing):
            message = f"nothing reads {name!r} back; state its inverse, or NoInverse and why"
            yield placed.says(Code.MISSING_INVERSE, message)
        yield from _inverses(placed, owners, hf, remote_keys(rows))


def _inverses(placed: Placed, owners: Owners, hf: HfClass, keys: frozenset[str]) -> Iterator[Diagnostic]:
    back = inverses(placed.row)
    if isinstance(back, NoInverse) and not back.why.strip():
        yield placed.says(Code.MISSING_INVERSE, "NoInverse must say why nothing is read back")
    if isinstance(back, tuple):
        if not back:
            yield placed.says(
                Code.MISSING_INVERSE, "state the inverse of each field that it reads, or NoInverse and why"
            )
        for inverse in back:
            yield from _inverse(placed, inverse, owners, hf, keys)


def _inverse(
    placed: Placed, inverse: Inverse, owners: Owners, hf: HfClass, keys: frozenset[str]
) -> Iterator[Diagnostic]:
    sources = {known.name for known in hf.attributes} | keys
    if inverse.field not in sources:
        near = did_you_mean(inverse.field, sources)
        yield placed.says(Code.STALE_ROW, f"{hf.name} has no field {inverse.field!r} to read back{near}")
    function = read_function(inverse.function)
    for parameter, fields in (("model", owners.model), ("transformer", owners.transformer)):
        for name in sorted(function.reads.get(parameter, frozenset()) - fields.keys() - {INNER}):
            near = did_you_mean(name, fields)
            message = f"{function.name} reads {parameter}.{name}, which the target lacks{near}"
            yield placed.says(Code.UNKNOWN_READ, message)
