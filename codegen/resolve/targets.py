"""Megatron's side: every field of a family's target gets one verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import RuleFunction, read_function
from codegen.plan import Side, Verdict
from codegen.resolve.expressions import expression
from codegen.resolve.owners import Owned, Owners, documentation_of, show
from codegen.resolve.rows import Placed, file_of, functions, inverses, is_settled, reason, rule_functions, targets
from codegen.resolve.sources import local_names
from codegen.schemas import HfClass, HfField, HfProperty, Snapshot, Undeclared
from codegen.table import (
    Absent,
    Bundle,
    Choice,
    Computed,
    Constant,
    Deviation,
    Local,
    Owner,
    Rename,
    Require,
    Route,
    Scalar,
    Symbol,
    Wrap,
)
from codegen.types import atoms, literals, missing, takes_constant, takes_object, without_none


@dataclass(frozen=True)
class Decided:
    """A Megatron field of the target, and the row that decides it, if one does."""

    owned: Owned
    placed: Placed | None


def decisions(rows: tuple[Placed, ...], owners: Owners) -> dict[str, Decided]:
    """Every field of the target once, in the declared order, the outer class's view where both declare it."""
    by_target = {name: placed for placed in rows for name in targets(placed.row)}
    merged = {**owners.transformer, **owners.model}
    ordered = sorted(merged.values(), key=lambda owned: owned.position)
    return {owned.field.name: Decided(owned, by_target.get(owned.field.name)) for owned in ordered}


def diagnose(
    route: Route, rows: tuple[Placed, ...], owners: Owners, hf: HfClass, snapshot: Snapshot
) -> Iterator[Diagnostic]:
    """What is wrong on Megatron's side."""
    names = {*owners.transformer, *owners.model, *route.target.attributes}
    for placed in rows:
        for name in targets(placed.row):
            yield from _row(placed, name, names, owners)
        yield from _types(placed, owners, hf)
        yield from _symbols(placed, snapshot)
        for function in functions(placed.row):
            for problem in function.problems:
                yield placed.says(Code.FUNCTION_NOT_CARRIED, f"{function.name}: {problem}")
        yield from _parameters(placed, rows, owners, hf)
    yield from _namesakes(rows)
    given = {name for placed in rows for name in targets(placed.row)}
    for decided in decisions(rows, owners).values():
        needed = decided.owned.absent is Absent.DECIDE or decided.owned.group.feature in given
        if decided.placed is None and needed:
            yield _undecided(route, decided.owned, snapshot)
    for attribute in route.target.attributes:
        if attribute not in given:
            message = f"no row decides the attribute {attribute!r} that Megatron's model code reads"
            yield Diagnostic(Code.TARGET_UNDECIDED, file_of(route.table.module), "", message)


def _parameters(placed: Placed, rows: tuple[Placed, ...], owners: Owners, hf: HfClass) -> Iterator[Diagnostic]:
    """Parameters for which generated code has no value, or no good one, where it evaluates the function."""
    rules = tuple(map(read_function, rule_functions(placed.row)))
    at_hand = _at_hand(placed, rows, owners, hf) if rules else frozenset[str]()
    for rule in rules:
        for name in rule.parameter_names:
            if name not in at_hand:
                near = did_you_mean(name, at_hand)
                message = f"{rule.name} takes {name!r}; at hand there are {', '.join(sorted(at_hand))}{near}"
                yield placed.says(Code.FUNCTION_NOT_CARRIED, message)
    back = inverses(placed.row)
    for inverse in back if isinstance(back, tuple) else ():
        rule = read_function(inverse.function)
        for name in rule.parameter_names:
            if name not in ("model", "transformer"):
                message = f"{rule.name} takes {name!r}; at hand there are model, transformer"
                yield placed.says(Code.FUNCTION_NOT_CARRIED, message)


def _at_hand(placed: Placed, rows: tuple[Placed, ...], owners: Owners, hf: HfClass) -> frozenset[str]:
    """Names that generated code has bound where it evaluates the functions of a row.

    What is refused once the checks are finished would be lost, so that `check` is at hand before that only.
    """
    row = placed.row
    bound = {name for other in rows if not isinstance(other.row, Local) for name in local_names(other, hf)}
    earlier = rows[: rows.index(placed)] if isinstance(row, Local) else rows
    locals_ = [other.row for other in earlier if isinstance(other.row, Local)]
    settled = {local.name for local in locals_ if is_settled(local)}
    bound |= {local.name for local in locals_} - settled
    match row:
        case Local() if is_settled(row):
            return frozenset({"hf", "caller", "settings", *bound, *settled})
        case Local() | Require() | Deviation():
            return frozenset({"hf", "caller", "check", *bound})
        case Wrap():
            return frozenset({"hf", "caller", "settings", "transformer", *bound, *settled})
        case Computed(target) if (owned := owners.get(target)) and owned.owner is Owner.ARCHITECTURE:
            return frozenset({"hf", "caller", "settings", *bound, *settled})
        case _:
            return frozenset({"hf", "caller", *bound})


def _namesakes(rows: tuple[Placed, ...]) -> Iterator[Diagnostic]:
    """Different functions of one name, of which a module can hold only one."""
    carried: dict[str, RuleFunction] = {}
    for placed in rows:
        for rule in functions(placed.row):
            if rule.expression is None and not rule.problems and carried.setdefault(rule.name, rule) is not rule:
                message = f"{rule.name}: another function of this name is carried over too; rename one"
                yield placed.says(Code.FUNCTION_NOT_CARRIED, message)


def _undecided(route: Route, owned: Owned, snapshot: Snapshot) -> Diagnostic:
    field = owned.field
    described = f"{field.origin}.{field.name}: {field.type} = {show(field.default)}"
    message = f"no row decides {described} ({owned.group.section}: {owned.group.why})"
    documented = documentation_of(route.target, field.name, snapshot)
    return Diagnostic(Code.TARGET_UNDECIDED, file_of(route.table.module), "", message, documented)


def _row(placed: Placed, name: str, names: set[str], owners: Owners) -> Iterator[Diagnostic]:
    if name not in names:
        yield placed.says(Code.STALE_ROW, f"the target has no field {name!r}{did_you_mean(name, names)}")
        return
    owned = owners.get(name)
    if owned is None:
        # Nothing but a Wrap row can set what no class declares; a constant None says that there is nothing to set.
        if not isinstance(placed.row, Wrap) and not (isinstance(placed.row, Constant) and placed.row.value is None):
            yield placed.says(Code.NOT_THE_MAPPERS, f"{name!r} is declared by no class; set it in a Wrap row")
        return
    if isinstance(placed.row, Wrap):
        yield placed.says(Code.NOT_THE_MAPPERS, f"{name!r} is a field of the target; a Wrap row sets attributes only")
    if owned.owner in (Owner.CALLER, Owner.DERIVED):
        yield placed.says(Code.NOT_THE_MAPPERS, f"{name!r} is {owned.owner.value}: {owned.group.why}")
    if isinstance(placed.row, Bundle) and owned.owner is not Owner.SUGGESTED:
        yield placed.says(
            Code.NOT_THE_MAPPERS, f"a bundle decides suggested fields, and {name!r} is {owned.owner.value}"
        )
    if isinstance(placed.row, Bundle) and (name in owners.model) != (placed.row.targets[0] in owners.model):
        first = placed.row.targets[0]
        message = f"a bundle decides fields of one class, and {name!r} and {first!r} are of two"
        yield placed.says(Code.NOT_THE_MAPPERS, message)


def _types(placed: Placed, owners: Owners, hf: HfClass) -> Iterator[Diagnostic]:
    row = placed.row
    fields = {field.name: field for field in hf.fields}
    types = {known.name: _type(known) for known in hf.attributes}
    match row:
        case Rename(source, target) if source in types and (owned := owners.get(target)):
            given = without_none(types[source]) if row.required else atoms(types[source])
            refused = missing(given, owned.field.type)
            if refused:
                message = (
                    f"{source}: {types[source]} does not fit {target}: {owned.field.type} "
                    f"(not taken: {', '.join(sorted(refused))}); compute it, or require it"
                )
                yield placed.says(Code.TYPE_MISMATCH, message)
        case Constant(target, value) if owned := owners.get(target):
            if not _takes(owned.field.type, value):
                yield placed.says(Code.TYPE_MISMATCH, f"{target}: {owned.field.type} does not take {value!r}")
        case Choice(source, target, table) if owned := owners.get(target):
            for key, value in table.values.items():
                if not _takes(owned.field.type, value):
                    message = f"{target}: {owned.field.type} does not take {value!r} (for {key!r})"
                    yield placed.says(Code.TYPE_MISMATCH, message)
            yield from _covered(placed, fields.get(source), frozenset(table.values))
        case _:
            pass


def _type(known: HfField | HfProperty | Undeclared) -> str:
    """The type of what generated code reads: whatever a checkpoint holds, where the class declares nothing."""
    if isinstance(known, Undeclared) or (isinstance(known, HfField) and not known.declared):
        return "object"
    return known.type


def _takes(annotation: str, value: Scalar | Symbol) -> bool:
    return takes_object(annotation) if isinstance(value, Symbol) else takes_constant(annotation, value)


def _covered(placed: Placed, field: HfField | None, covered: frozenset[str]) -> Iterator[Diagnostic]:
    if field is None:
        return
    for value in sorted(literals(field.type) - covered):
        message = f"{field.name}: {field.type} can be {value!r}, which the table does not cover"
        yield placed.says(Code.LITERAL_NOT_COVERED, message)


def _symbols(placed: Placed, snapshot: Snapshot) -> Iterator[Diagnostic]:
    for symbol in symbols(placed):
        if symbol not in snapshot.symbols:
            near = did_you_mean(symbol, snapshot.symbols)
            yield placed.says(Code.UNKNOWN_SYMBOL, f"{symbol} does not exist in the upstream packages{near}")


def symbols(placed: Placed) -> tuple[str, ...]:
    """Import paths of the constants that a row names."""
    match placed.row:
        case Constant(_, Symbol(path)):
            return (path,)
        case Choice(_, _, table):
            return tuple(value.path for value in table.values.values() if isinstance(value, Symbol))
        case _:
            return ()


def verdicts(route: Route, rows: tuple[Placed, ...], owners: Owners, hf: HfClass) -> Iterator[Verdict]:
    """One verdict for every field of the target."""
    for name, decided in decisions(rows, owners).items():
        group, placed = decided.owned.group, decided.placed
        if placed is not None:
            why = reason(placed.row) or group.why
            place = f"{placed.file}: {placed.text}"
            yield Verdict(Side.MEGATRON, name, group.owner.value, why, place, expression(placed.row, name, hf))
        else:
            place = f"codegen/families/owners: {group.section}"
            absent = group.owner is Owner.ARCHITECTURE
            left = f"left at {show(decided.owned.field.default)}"
            yield Verdict(
                Side.MEGATRON, name, group.owner.value, f"{left}: {group.why}" if absent else group.why, place
            )
    for placed in rows:
        for name in targets(placed.row):
            if name in route.target.attributes:
                why = "an attribute that Megatron's model code reads and no upstream class declares"
                place = f"{placed.file}: {placed.text}"
                yield Verdict(Side.MEGATRON, name, Owner.ARCHITECTURE.value, why, place)
