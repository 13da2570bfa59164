"""Collects the rows of a family from its parts, and says what contradicts what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen import reasons
from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.literals import ValueTable
from codegen.owners import Target
from codegen.plan import PartName, Placed
from codegen.rows.interface import Context, Row
from codegen.table import Family, Part, Unread, Weight


@dataclass(frozen=True)
class Places:
    """Where parts and families stand, for messages and for the names of shared functions."""

    parts: Mapping[Part, PartName] = field(default_factory=dict[Part, PartName])
    families: Mapping[str, str] = field(default_factory=dict[str, str])
    """By name of the family, its file."""
    owners: str = "owners"
    """Where a reader finds the owners of Megatron's fields."""
    refused: str = "refused"
    """Where a reader finds the classes that are refused or pending."""
    confirmed: str = "confirmed"
    """Where a reader finds what changed upstream and was read since."""
    remote: str = "remote"
    """Where a reader finds the types of remote code."""

    def file(self, family: Family) -> str:
        """The file of a family."""
        return self.families.get(family.name, f"{family.name}.py")


def says(placed: Placed, code: Code, message: str) -> Diagnostic:
    """A diagnostic at a row."""
    return Diagnostic(code, placed.file, str(placed.row), message)


def collect(family: Family, target: Target, places: Places) -> tuple[tuple[Placed, ...], tuple[Diagnostic, ...]]:
    """All rows of a family for one target: those of its parts, less what it replaces, then its own."""
    file = places.file(family)
    holder = Part(family.rows, family.parts, family.replaces, family.gpt, family.hybrid)
    others = len({each.kind for each in family.targets}) > 1
    return _collect(holder, None, file, target, places, _elsewhere(holder, target) if others else frozenset())


def _collect(
    part: Part, name: PartName | None, file: str, target: Target, places: Places, elsewhere: frozenset[str]
) -> tuple[tuple[Placed, ...], tuple[Diagnostic, ...]]:
    included: list[Placed] = []
    diagnostics: list[Diagnostic] = []
    for each in part.includes:
        known = places.parts.get(each)
        # Some of its users may have the other kind of target.
        other = _elsewhere(each, target)
        placed, found = _collect(each, known, file_of(known.module) if known else file, target, places, other)
        # Two parts may include the same one; its rows are not said twice.
        known_rows = {id(other.row) for other in included}
        included += [row for row in placed if id(row.row) not in known_rows]
        diagnostics += found
    subjects = frozenset[str]().union(*(placed.row.subjects for placed in included))
    for subject in part.replaces:
        if subject not in subjects | elsewhere:
            message = f"no part has a row about {subject!r}{did_you_mean(subject, subjects)}"
            diagnostics.append(Diagnostic(Code.STALE_DROP, file, f"replaces={subject!r}", message))
        holders = sorted({_holder(placed) for placed in included if subject in placed.row.subjects})
        if len(holders) > 1:
            message = (
                f"the rows of {' and '.join(holders)} are about {subject!r}; which of them do not hold says a part "
                f"around the one that is meant: Part(includes=(...,), replaces=({subject!r},))"
            )
            diagnostics.append(Diagnostic(Code.DROP_OF_SEVERAL, file, f"replaces={subject!r}", message))
    kept = [placed for placed in included if not placed.row.subjects & set(part.replaces)]
    own = part.gpt if target.kind == "gpt" else part.hybrid
    if own is None:
        called = name.name.upper() if name is not None else "a part"
        diagnostics.append(Diagnostic(Code.NOT_SERVED, file, called, f"cannot serve {target.model_name}"))
    return (*kept, *(Placed(row, file, name) for row in (*part.rows, *(own or ())))), tuple(diagnostics)


def _holder(placed: Placed) -> str:
    """The part that has a row."""
    return placed.part.name.upper() if placed.part is not None else f"a part in {placed.file}"


def _elsewhere(part: Part, target: Target) -> frozenset[str]:
    """Subjects of rows that the included parts have for another target alone."""
    found: set[str] = set()
    for each in part.includes:
        rows = each.hybrid if target.kind == "gpt" else each.gpt
        for row in rows or ():
            found |= row.subjects
        found |= _elsewhere(each, target)
    return frozenset(found)


def file_of(module: str) -> str:
    """The file of a module of the table, relative to the folder that holds the package."""
    return module.replace(".", "/") + ".py"


def tables_of(family: Family) -> tuple[ValueTable, ...]:
    """All value tables of a family."""

    def held(part: Part) -> Iterator[ValueTable]:
        for each in part.includes:
            yield from held(each)
        for row in (*part.rows, *(part.gpt or ()), *(part.hybrid or ())):
            yield from row.tables
        yield from part.tables

    whole = Part(family.rows, family.parts, (), family.gpt, family.hybrid, family.tables)
    return tuple({table.name: table for table in held(whole)}.values())


def weights_of(family: Family) -> tuple[Weight, ...]:
    """All parameters of layers that a family has beside Megatron's."""

    def held(holder: Family | Part) -> Iterator[Weight]:
        for each in holder.parts if isinstance(holder, Family) else holder.includes:
            yield from held(each)
        yield from holder.weights

    return tuple(dict.fromkeys(held(family)))


def remote_keys(rows: tuple[Placed, ...]) -> frozenset[str]:
    """Keys of remote code that rows read beside what upstream's class and modeling code know."""
    return frozenset(placed.row.remote_key for placed in rows if placed.row.remote_key and placed.row.rule_functions)


def contradictions(rows: tuple[Placed, ...], context: Context) -> Iterator[Diagnostic]:
    """Rows that say the same thing twice, or two things that exclude each other."""
    yield from _doubled(rows)
    yield from _idle(rows, context)
    readers: dict[str, Placed] = {}
    for placed in rows:
        for name in placed.row.reads:
            readers.setdefault(name, placed)
    keys = {placed.row.remote_key: placed for placed in rows if not isinstance(placed.row, Unread)}
    for placed in rows:
        if isinstance(placed.row, Unread) and placed.row.key in keys:
            reader = keys[placed.row.key]
            yield says(
                placed, Code.IGNORED_AND_USED, f"{placed.row.key!r} is also read by {reader.row} in {reader.file}"
            )
        named = placed.row.source
        if named is not None and named not in placed.row.reads and named in readers:
            reader = readers[named]
            yield says(placed, Code.IGNORED_AND_USED, f"{named!r} is also read by {reader.row} in {reader.file}")
        if placed.row.reason is not None:
            yield from reasons.diagnose(placed.file, str(placed.row), placed.row.reason)


def _idle(rows: tuple[Placed, ...], context: Context) -> Iterator[Diagnostic]:
    """Values that nothing takes: what they read would count as used, and be dropped."""
    taken = {name for placed in rows for rule in placed.row.rules for name in rule.parameter_names}
    for placed in rows:
        bound = placed.row.binds(context)
        if bound and not placed.row.targets and bound not in taken:
            yield says(placed, Code.STALE_ROW, f"no function takes {bound!r}, and it gives no field")


def _doubled(rows: tuple[Placed, ...]) -> Iterator[Diagnostic]:
    counted = Counter(key for placed in rows for key in _keys(placed.row))
    for placed in rows:
        for key in _keys(placed.row):
            if counted[key] > 1:
                others = [other for other in rows if other is not placed and key in _keys(other.row)]
                where = "; ".join(f"{other.row} in {other.file}" for other in others)
                yield says(placed, Code.DOUBLED_ROW, f"{key[1]!r} stands again in {where or 'the same row'}")


def _keys(row: Row) -> list[tuple[str, str]]:
    """What only one row may say."""
    return [("target", name) for name in row.targets] + [(type(row).__name__, name) for name in row.unique]
