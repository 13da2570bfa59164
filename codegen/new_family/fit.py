"""Whether rows and parts are about what a class has, with types that their functions take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from codegen.functions import RuleFunction
from codegen.rows.interface import Row
from codegen.schemas import HfClass
from codegen.table import Ignored, Kind, Part, Unread
from codegen.types import atoms, missing

BOTH: Final = frozenset({"gpt", "hybrid"})


def held(part: Part, kinds: frozenset[str] = BOTH) -> Iterator[Row]:
    """Every row that holds in a part, for targets of these kinds."""
    for each in part.includes:
        yield from (row for row in held(each, kinds) if not row.subjects & set(part.replaces))
    yield from part.rows
    yield from (part.gpt or ()) if "gpt" in kinds else ()
    yield from (part.hybrid or ()) if "hybrid" in kinds else ()


def with_included(part: Part) -> Iterator[Part]:
    """The part and all that it includes."""
    yield part
    for each in part.includes:
        yield from with_included(each)


def fits(row: Row, hf: HfClass) -> bool:
    """Whether the class has what the row names and reads.

    What remote code alone knows, no class shows: such a row fits none. What is unread in files fits any.
    """
    if isinstance(row, Unread):
        return True
    if row.remote_key:
        return False
    if isinstance(row, Ignored) and row.kind is Kind.INFERENCE and _computes_with(row.field, hf):
        return False
    known = row.source is None or row.source in hf.declared | hf.through_reader
    return known and all(_reads(rule, hf) for rule in row.functions)


def _computes_with(field: str, hf: HfClass) -> bool:
    """Whether the attention or the layers of the class read a field, which what is about inference does not concern."""
    readers = {name for known in hf.attributes if known.name == field for name in known.read_in}
    return any(name.endswith(("Attention", "DecoderLayer")) for name in readers)


def fitting(part: Part, hf: HfClass) -> tuple[Part, ...]:
    """The part, where all of its rows fit; else what it includes and fits.

    Of a part that says something itself, what it includes and what is about no field at all goes with it.
    """
    rows = tuple(held(part))
    if all(fits(row, hf) for row in rows) and not (rows and all(isinstance(row, Unread) for row in rows)):
        return (part,)
    found = (inner for each in part.includes for inner in fitting(each, hf))
    alone = Part(rows=part.rows, gpt=part.gpt, hybrid=part.hybrid)
    bare = not any(held(alone))
    return tuple(each for each in found if bare or any(row.reads or row.source for row in held(each)))


def _reads(rule: RuleFunction, hf: HfClass) -> bool:
    """Whether a function could read a config of the class."""
    read = rule.reads.get("hf", frozenset[str]())
    if read - hf.declared or rule.undeclared - hf.through_reader:
        return False
    types = {known.name: known.type for known in hf.fields if known.name in read}
    return all(_takes(expected, types[name]) for name, expected in rule.expects.items() if name in types)


def _takes(expected: str, given: str) -> bool:
    """Whether a type is one of those that are expected; what containers hold is not compared."""
    accepted = _containers(expected)
    return "object" in accepted or not missing(_containers(given), " | ".join(accepted))


def _containers(annotation: str) -> frozenset[str]:
    return frozenset(atom.partition("[")[0] for atom in atoms(annotation))
