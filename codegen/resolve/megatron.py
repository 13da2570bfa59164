"""Megatron's side: every field of a family's target gets one verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import RuleFunction, read_function
from codegen.owners import Absent, Group, Owned, Owner, Owners, Target, owners_of
from codegen.plan import Placed, Side, Verdict
from codegen.resolve.collect import says
from codegen.resolve.ownership import documentation_of, show
from codegen.rows.interface import Context, Stage
from codegen.schemas import Snapshot


@dataclass(frozen=True)
class Fields:
    """What all families of a target have in common."""

    owners: Owners
    left: Mapping[str, Verdict]
    """The verdict on each field where no row decides it."""


def fields_of(target: Target, snapshot: Snapshot, groups: Sequence[Group], owners_file: str) -> Fields:
    """The fields of a target.

    Args:
        target: the pair of classes.
        snapshot: with both.
        groups: the table of owners.
        owners_file: where a reader finds it.
    """
    owners = owners_of(target, snapshot, groups)
    return Fields(owners, {name: _left(owned, owners_file) for name, owned in owners.declared.items()})


def _left(owned: Owned, owners_file: str) -> Verdict:
    group = owned.group
    left = f"left at {show(owned.field.default)}: " if group.owner is Owner.ARCHITECTURE else ""
    place = f"{owners_file}: {group.section}"
    return Verdict(Side.MEGATRON, owned.field.name, group.owner.value, f"{left}{group.why}", place)


@dataclass(frozen=True)
class Decided:
    """A Megatron field of the target, and the row that decides it, if one does."""

    owned: Owned
    placed: Placed | None


def decisions(rows: tuple[Placed, ...], owners: Owners) -> dict[str, Decided]:
    """Every field of the target once, in the declared order, the outer class's view where both declare it."""
    by_target = {name: placed for placed in rows for name in placed.row.targets}
    return {name: Decided(owned, by_target.get(name)) for name, owned in owners.declared.items()}


def diagnose(
    file: str, rows: tuple[Placed, ...], decided: Mapping[str, Decided], context: Context, snapshot: Snapshot
) -> Iterator[Diagnostic]:
    """What is wrong on Megatron's side.

    Args:
        file: of the family, for what no row is about.
        rows: of the family.
        decided: what these decide.
        context: its class, and the target.
        snapshot: with the constants that exist upstream.
    """
    owners, target = context.owners, context.target
    names = {*owners.declared, *target.attributes}
    bound = _Bound.of(rows, context)
    for placed in rows:
        for name in placed.row.targets:
            yield from _target(placed, name, names, owners)
        for code, message in placed.row.problems(context):
            yield says(placed, code, message)
        yield from _symbols(placed, snapshot)
        for function in placed.row.functions:
            for problem in function.problems:
                yield says(placed, Code.FUNCTION_NOT_CARRIED, f"{function.name}: {problem}")
        yield from _parameters(placed, bound, context)
    given = {name for placed in rows for name in placed.row.targets}
    for each in decided.values():
        needed = each.owned.absent is Absent.DECIDE or each.owned.group.feature in given
        if each.placed is None and needed:
            yield _undecided(file, each.owned, target, snapshot)
    for attribute in target.attributes:
        if attribute not in given:
            message = f"no row decides the attribute {attribute!r} that Megatron's model code reads"
            yield Diagnostic(Code.TARGET_UNDECIDED, file, "", message)


def _target(placed: Placed, name: str, names: set[str], owners: Owners) -> Iterator[Diagnostic]:
    if name not in names:
        yield says(placed, Code.STALE_ROW, f"the target has no field {name!r}{did_you_mean(name, names)}")
        return
    owned = owners.get(name)
    if owned is not None and owned.owner in (Owner.CALLER, Owner.DERIVED):
        yield says(placed, Code.NOT_THE_MAPPERS, f"{name!r} is {owned.owner.value}: {owned.group.why}")


@dataclass(frozen=True)
class _Bound:
    """The names that statements bind, each with those that it takes, by the stage at which they do."""

    checked: Mapping[str, frozenset[str]]
    settled: Mapping[str, frozenset[str]]

    @staticmethod
    def of(rows: tuple[Placed, ...], context: Context) -> _Bound:
        """What the statements of these rows bind."""
        found = [placed.row.statement(context) for placed in rows if placed.row.binds(context)]
        stages = {
            stage: {each.binds: each.takes for each in found if each is not None and each.stage is stage}
            for stage in Stage
        }
        return _Bound(stages[Stage.CHECK], stages[Stage.SETTLED])

    def before(self, name: str) -> frozenset[str]:
        """The names that are there when this one is bound: all that do not need it themselves."""
        later = {name}
        while more := {other for other, takes in self.checked.items() if takes & later} - later:
            later |= more
        return frozenset(self.checked) - later


def _parameters(placed: Placed, bound: _Bound, context: Context) -> Iterator[Diagnostic]:
    """Parameters for which generated code has no value, or no good one, where it evaluates the function."""
    if placed.row.rule_functions:
        own = placed.row.binds(context)
        checked = bound.before(own) if own else frozenset(bound.checked)
        at_hand = placed.row.at_hand(context, checked, frozenset(bound.settled) - {own})
        for rule in placed.row.rules:
            yield from _lacking(placed, rule, at_hand)
    back = placed.row.back
    for inverse in back if isinstance(back, tuple) else ():
        yield from _lacking(placed, read_function(inverse.function), frozenset({"model", "transformer", "layers"}))


def _lacking(placed: Placed, rule: RuleFunction, at_hand: frozenset[str]) -> Iterator[Diagnostic]:
    for name in rule.parameter_names:
        if name not in at_hand:
            near = did_you_mean(name, at_hand)
            shown = ", ".join(sorted(at_hand)) if len(at_hand) < 20 else "fields of the target and locals"
            message = f"{rule.name} takes {name!r}; at hand there are {shown}{near}"
            yield says(placed, Code.FUNCTION_NOT_CARRIED, message)


def _undecided(file: str, owned: Owned, target: Target, snapshot: Snapshot) -> Diagnostic:
    field = owned.field
    described = f"{field.origin}.{field.name}: {field.type} = {show(field.default)}"
    message = f"no row decides {described} ({owned.group.section}: {owned.group.why})"
    return Diagnostic(Code.TARGET_UNDECIDED, file, "", message, documentation_of(target, field.name, snapshot))


def _symbols(placed: Placed, snapshot: Snapshot) -> Iterator[Diagnostic]:
    for symbol in placed.row.symbols:
        if symbol not in snapshot.symbols:
            near = did_you_mean(symbol, snapshot.symbols)
            yield says(placed, Code.UNKNOWN_SYMBOL, f"{symbol} does not exist in the upstream packages{near}")


def verdicts(
    rows: tuple[Placed, ...], decided: Mapping[str, Decided], context: Context, left: Mapping[str, Verdict]
) -> Iterator[Verdict]:
    """One verdict for every field of the target.

    Args:
        rows: of the family.
        decided: what these decide.
        context: its class, and the target.
        left: the verdict on each field where no row decides it.
    """
    for name, each in decided.items():
        group, placed = each.owned.group, each.placed
        if placed is not None:
            why = placed.row.reason or group.why
            expression = placed.row.expression(name, context)
            yield Verdict(Side.MEGATRON, name, group.owner.value, why, placed.where, expression)
        else:
            yield left[name]
    for placed in rows:
        for name in placed.row.targets:
            if name in context.target.attributes:
                why = "an attribute that Megatron's model code reads and no upstream class declares"
                yield Verdict(Side.MEGATRON, name, Owner.ARCHITECTURE.value, why, placed.where)
