"""`_explained.py`: which fields decide which, and what is ignored and why, for people who ask what became of a field.

Every row stands there once, with its part, as the guards do in `_families.py`; what the registry says is not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.emit.sections import Section, entries, frozen, listed, module_of
from codegen.functions import RUNTIME, Import, RuleFunction
from codegen.owners import Group, Owner
from codegen.owners import entries as owned_entries
from codegen.plan import PartName, Plan, Side
from codegen.rows.ignored import Ignored
from codegen.rows.interface import Row, taken
from codegen.rows.local import Local
from codegen.text import literal_text, quoted

EXPLAINED = "_explained"

_RECORDS = f"{RUNTIME}explained"
_DOC = "Which fields decide which, what is ignored and what Megatron derives, with reasons. No mapper reads it."


@dataclass(frozen=True)
class _Decided:
    """What a row decides, as `Decided` of the runtime has it."""

    fields: tuple[str, ...]
    reads: tuple[str, ...]
    why: str
    takes: tuple[str, ...]
    binds: str
    only: str

    @property
    def names(self) -> frozenset[str]:
        return frozenset(filter(None, (*self.fields, self.binds)))

    @property
    def source(self) -> str:
        given = [_names(self.fields)]
        given += [f"reads={_names(self.reads)}"] if self.reads else []
        given += [f"why={quoted(self.why)}"] if self.why else []
        given += [f"takes={_names(self.takes)}"] if self.takes else []
        given += [f"{name}={literal_text(text)}" for name, text in (("binds", self.binds), ("only", self.only)) if text]
        return f"Decided({', '.join(given)})"


@dataclass(frozen=True)
class _Ignored:
    """A field that decides nothing."""

    field: str
    why: str
    only: str = ""

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.field})


_Fact = _Decided | _Ignored
_Facts = dict[_Fact, None]


def explained_module(plans: Sequence[Plan], groups: Sequence[Group]) -> str:
    """Source of the module, before formatting."""
    bound = _bound(plans)
    known = {plan.family.name: _facts(plan, bound) for plan in plans}
    parts: dict[PartName, _Facts] = {}
    for facts in known.values():
        for part, found in facts.items():
            if part is not None:
                parts.setdefault(part, {}).update(found)
    shared = sorted(parts, key=lambda part: part.name)
    families = entries((plan.family.name, _of_family(plan, known[plan.family.name], parts)) for plan in plans)
    source = (
        f"EXPLAINED = Explained(parts={entries((part.name, _rules(parts[part])) for part in shared)}, "
        f"families={families}, derived={listed(_derived(groups))})"
    )
    records = ("Decided", "Explained", "OfFamily", "Rules")
    section = Section("EXPLAINED", EXPLAINED, _DOC, source, tuple(Import(_RECORDS, name) for name in records))
    return module_of(_DOC, [section])


def _bound(plans: Sequence[Plan]) -> frozenset[int]:
    """Rows, by identity, that are about one kind of target alone, as some family of both kinds shows."""
    found: set[int] = set()
    for plan in plans:
        rows = [{id(placed.row) for placed in mapper.rows} for mapper in plan.mappers]
        found |= set[int]().union(*rows) - set[int]().union(*rows).intersection(*rows)
    return frozenset(found)


def _facts(plan: Plan, bound: frozenset[int]) -> Mapping[PartName | None, _Facts]:
    """What the rows of a family say, by their part; None for the family's own."""
    found: dict[PartName | None, _Facts] = {}
    for mapper in plan.mappers:
        passed = frozenset(verdict.field for verdict in mapper.verdicts if verdict.side is Side.MEGATRON)
        for placed in mapper.rows:
            fact = _fact(placed.row, passed, mapper.target.model_name if id(placed.row) in bound else "")
            if fact is not None:
                found.setdefault(placed.part, {})[fact] = None
    return found


def _fact(row: Row, passed: frozenset[str], only: str) -> _Fact | None:
    if isinstance(row, Ignored):
        return _Ignored(row.field, row.explained)
    binds = row.name if isinstance(row, Local) else ""
    if not row.targets and not binds:
        return None
    takes = {*taken(*row.rules), *_handed_on(row.rules)} - {binds}
    if row.is_unpacked:
        # Kernels are suggested for what a model has, and are not decided by the fields that say what that is.
        takes -= passed
    return _Decided(
        fields=row.targets,
        reads=row.fields_in_order(),
        why=row.reason or row.comment,
        takes=tuple(sorted(takes)),
        binds=binds,
        only=only,
    )


def _handed_on(rules: Iterable[RuleFunction]) -> Iterator[str]:
    """Megatron fields that functions read from the inner config."""
    for rule in rules:
        yield from rule.reads.get("transformer", ())


def _of_family(plan: Plan, facts: Mapping[PartName | None, _Facts], parts: Mapping[PartName, _Facts]) -> str:
    targets = frozenset(("", *(mapper.target.model_name for mapper in plan.mappers)))
    own = dict(facts.get(None, {}))
    used = sorted((part for part in facts if part is not None), key=lambda part: part.name)
    expected = {part: {fact for fact in parts[part] if fact.only in targets} for part in used}
    held = frozenset(name for part in used for fact in facts[part] for name in fact.names)
    missing = frozenset(name for part in used for fact in expected[part] - facts[part].keys() for name in fact.names)
    replaced = missing - held
    whole = [part for part in used if {fact for fact in expected[part] if not fact.names & replaced} == {*facts[part]}]
    for part in used:
        own = own if part in whole else {**facts[part], **own}
    given = f", replaced={frozen(replaced)}" if replaced else ""
    return f"OfFamily(parts={_names([part.name for part in whole])}, own={_rules(own)}{given})"


def _rules(facts: _Facts) -> str:
    """Both kinds sorted, so that two tables that say the same give the same."""
    decided = sorted(fact.source for fact in facts if isinstance(fact, _Decided))
    ignored: dict[str, list[str]] = {}
    for fact in sorted((fact for fact in facts if isinstance(fact, _Ignored)), key=lambda fact: fact.field):
        ignored.setdefault(fact.why, []).append(fact.field)
    given = [f"decided={listed(decided)}"] if decided else []
    if ignored:
        reasons = "".join(f"{quoted(why)}: {_names(fields)},\n" for why, fields in ignored.items())
        given.append(f"ignored={{\n{reasons}}}")
    return f"Rules({', '.join(given)})"


def _derived(groups: Sequence[Group]) -> Iterator[str]:
    """Megatron fields that nobody passes, by the reason."""
    found: dict[str, list[str]] = {}
    for group, name, _ in owned_entries(groups):
        if group.owner is Owner.DERIVED:
            found.setdefault(group.why, []).append(name)
    return (f"({quoted(why)}, {_names(names)})" for why, names in found.items())


def _names(names: Iterable[str]) -> str:
    return listed(map(literal_text, names))
