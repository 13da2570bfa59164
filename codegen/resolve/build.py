"""Turns the rows of a family, found to be sound, into the plan of its module.

What all targets of a family have in common becomes one function, which each mapper calls. A value that a mapper needs
outside of that function, or that differs by target, is computed by the mapper and handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from codegen.functions import Import
from codegen.literals import Scalar, Symbol, literal
from codegen.owners import Absent, Owned, Target
from codegen.plan import Argument, Carried, Checks, Guards, Mapper, Parameter, PartName, Plan
from codegen.resolve.collect import tables_of, weights_of
from codegen.resolve.one_target import OneTarget, Step
from codegen.resolve.python import carried_over, names_in
from codegen.rows.domain import Domain
from codegen.rows.guard import Guard, LanguageModel
from codegen.rows.ignored import Ignored
from codegen.rows.interface import Statement, lifted_name
from codegen.schemas import HfClass, HfField
from codegen.table import Family

FIRST = "to_megatron"
"""Name of the mapper to the first target of a family."""


def build(family: Family, file: str, hf: HfClass, drafts: Sequence[OneTarget]) -> Plan:
    """The plan of a family without diagnostics.

    Args:
        family: what is mapped.
        file: where it stands in the table.
        hf: its class.
        drafts: one for each target.
    """
    return _Builder(family, file, hf, tuple(drafts)).plan()


class _Builder:
    def __init__(self, family: Family, file: str, hf: HfClass, drafts: tuple[OneTarget, ...]) -> None:
        self._family, self._file, self._hf, self._drafts = family, file, hf, drafts
        self._names = frozenset(each.binds for draft in drafts for each in draft.statements)
        self._bindings = _common(tuple(draft.bindings for draft in drafts))
        self._guards = _common(tuple(draft.guards for draft in drafts))
        self._settings = _common(tuple(draft.inner_settings for draft in drafts))
        self._arguments = _common(tuple(draft.inner for draft in drafts))
        same = {*self._settings, *self._arguments}
        self._differing = {
            draft.target.name: tuple(each for each in (*draft.inner_settings, *draft.inner) if each not in same)
            for draft in drafts
        }
        """By target, fields of the inner class that are another target's too, and not the same there."""
        self._numbers = _common(tuple(tuple(draft.domains.items()) for draft in drafts))
        self._hoisted = frozenset[str]().union(*(self._needed(draft) for draft in drafts))

    def plan(self) -> Plan:
        own = self._own()
        shared = tuple(each for each in self._bindings if each.binds not in self._hoisted)
        mappers = tuple(self._mapper(draft, own) for draft in self._drafts)
        checks = Checks(
            domains=self._domains(self._numbers),
            bindings=self._ordered(shared),
            guards=self._by_field(self._guards),
        )
        first = self._drafts[0]
        used = self._used_inside(checks, own)
        return Plan(
            family=self._family,
            file=self._file,
            hf=self._hf,
            mappers=mappers,
            passed=tuple(self._parameter(name) for name in sorted(self._hoisted & used)),
            own=tuple(own.values()),
            same_layers=self._same_layers,
            same_layers_take=tuple(self._same_layers_take()),
            checks=checks,
            settings=self._merged(own, [draft.inner_settings for draft in self._drafts], self._settings),
            settled=first.settled,
            transformer=self._merged(own, [draft.inner for draft in self._drafts], self._arguments),
            carried=self._carried(),
            not_carried=self._not_carried(),
            derived=tuple(
                sorted(field.name for field in self._hf.fields if not field.declared and not self._kept(field))
            ),
            weights={each.name: each for each in weights_of(self._family)},
            functions=tuple(sorted(dict.fromkeys(self._functions()))),
            imports=tuple(dict.fromkeys(each for draft in self._drafts for each in draft.imports)),
            tables=tables_of(self._family),
        )

    def _kept(self, field: HfField) -> bool:
        """Whether a class takes for a field that it does not declare what files say: it has another name for it."""
        ignored = {placed.row.field for placed in self._drafts[0].rows if isinstance(placed.row, Ignored)}
        return field.name in ignored and field.name in self._hf.attribute_map.values()

    def _needed(self, draft: OneTarget) -> frozenset[str]:
        """The names that a mapper needs outside of what it shares, and all that their values need."""
        sources = [argument.expression for argument in draft.outer]
        sources += [argument.expression for argument in (*draft.outer_settings, *draft.layers)]
        sources += [argument.expression for argument in self._differing[draft.target.name]]
        sources += [draft.wrapped]
        own: list[Step] = [each for each in draft.bindings if each not in self._bindings]
        own += [each for each in draft.guards if each not in self._guards]
        found = frozenset[str]().union(*(names_in(source) for source in sources), *(each.takes for each in own))
        found |= {each.binds for each in own if isinstance(each, Statement)}
        takes = {each.binds: each.takes for each in draft.bindings}
        while more := frozenset[str]().union(*(takes.get(name, frozenset()) for name in found)) - found:
            found |= more
        return found & takes.keys()

    def _own(self) -> dict[str, Parameter]:
        """What the shared function is given by name, in the declared order."""
        found: dict[str, Parameter] = {}
        positions: dict[str, int] = {}
        names = [{each.name for each in arguments} for arguments in self._differing.values()]
        for draft in self._drafts:
            for argument in self._differing[draft.target.name]:
                owned = draft.decided[argument.name].owned
                positions[argument.name] = owned.position
                everywhere = all(argument.name in each for each in names)
                default = None if everywhere else literal(_absent(owned))
                found[argument.name] = Parameter(argument.name, owned.field.type, default)
        # Parameters with a default come last.
        return {name: found[name] for name in sorted(found, key=lambda n: (found[n].default is not None, positions[n]))}

    def _mapper(self, draft: OneTarget, own: Mapping[str, Parameter]) -> Mapper:
        hoisted = tuple(each for each in draft.bindings if each.binds in self._hoisted)
        alone = tuple(each for each in draft.guards if each not in self._guards)
        passed = {argument.name: argument for argument in self._differing[draft.target.name]}
        return Mapper(
            name=FIRST if draft is self._drafts[0] else draft.target.mapper,
            target=draft.target,
            checks=Checks(
                domains=self._domains(tuple(each for each in draft.domains.items() if each not in self._numbers)),
                bindings=self._ordered(hoisted),
                guards=self._by_field(alone),
            ),
            own=tuple(passed[name] for name in own if name in passed),
            settings=draft.outer_settings,
            model=draft.outer,
            layers=draft.layers,
            wrapped=draft.wrapped,
            verdicts=draft.verdicts,
            rows=draft.rows,
        )

    @property
    def _same_layers(self) -> tuple[Argument, ...]:
        first, *others = (draft.layers for draft in self._drafts)
        return first if others and all(each == first for each in others) else ()

    def _same_layers_take(self) -> Iterator[Parameter]:
        """In the order in which mappers have them: the checks, the config, and what they compute of it."""
        named = frozenset[str]().union(*(names_in(each.expression) for each in self._same_layers))
        given = _annotations(self._hf, [draft.target for draft in self._drafts])
        yield from (Parameter(name, given[name]) for name in ("check", "hf") if name in named)
        yield from (self._parameter(name) for name in sorted(named & self._names))
        yield from (Parameter(name, given[name]) for name in ("caller",) if name in named)

    def _merged(
        self, own: Mapping[str, Parameter], drafts: Sequence[tuple[Argument, ...]], common: tuple[Argument, ...]
    ) -> tuple[Argument, ...]:
        """The arguments of the shared function: what all have, and in its place what each mapper hands over."""
        names = {each.name for arguments in drafts for each in arguments if each.name in own}
        together = [each for each in common if not each.name]
        named = {each.name: each for each in common if each.name} | {name: Argument(name, name, "") for name in names}
        order = {name: owned.position for draft in self._drafts for name, owned in _positions(draft).items()}
        return (*together, *(named[name] for name in sorted(named, key=lambda name: order[name])))

    def _used_inside(self, checks: Checks, own: Mapping[str, Parameter]) -> frozenset[str]:
        """Names that the shared function takes from others."""
        steps: list[Step] = [*checks.bindings, *checks.guards, *self._drafts[0].settled]
        found = frozenset[str]().union(*(each.takes for each in steps))
        sources = [each.expression for each in (*self._settings, *self._arguments) if each.name not in own]
        return found.union(*(names_in(source) for source in sources)) & self._names

    def _parameter(self, name: str) -> Parameter:
        types = [each.annotation for draft in self._drafts for each in draft.bindings if each.binds == name]
        return Parameter(name, " | ".join(dict.fromkeys(types)))

    def _domains(
        self, found: tuple[tuple[tuple[Domain, str], str], ...]
    ) -> tuple[tuple[Domain, tuple[tuple[str, str], ...]], ...]:
        reads = dict(found)
        return tuple(
            (domain, tuple((field, reads[domain, field]) for field in fields))
            for domain in Domain
            if (fields := sorted((field for each, field in reads if each is domain), key=self._place))
        )

    def _place(self, field: str) -> tuple[int, str]:
        return self._hf.positions.get(field, len(self._hf.positions)), field

    def _by_field(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """In the order of the fields of the class, so that equal facts give equal code whoever wrote the table."""

        def place(step: Step) -> tuple[tuple[int, str], str]:
            if isinstance(step, Guards):
                return min(map(self._place, step.fields)), step.part.name
            return self._place(step.fields[0]), step.source

        return tuple(sorted(steps, key=place))

    def _ordered(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """In the order of the fields of the class, but each after those that it takes."""
        names = {each.binds for each in statements}
        left = sorted(statements, key=lambda each: (min(map(self._place, each.fields or ("",))), each.binds))
        found: list[Statement] = []
        while left:
            done = {each.binds for each in found}
            ready = next(each for each in left if each.takes & names <= done)
            left.remove(ready)
            found.append(ready)
        return tuple(found)

    def _carried(self) -> tuple[Carried, ...]:
        found: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
        parts: defaultdict[tuple[str, ...], set[PartName | None]] = defaultdict(set)
        for draft in self._drafts:
            for placed, carried in draft.ways.carried:
                found.setdefault(carried.names, {})[draft.target.name] = carried.expressions
                parts[carried.names].add(placed.part)
        order = sorted(found, key=lambda names: self._place(names[0]))
        return tuple(
            Carried(names, found[names], next(iter(parts[names])) if len(parts[names]) == 1 else None)
            for names in order
        )

    def _not_carried(self) -> tuple[str, ...]:
        """Not by every model of every target. Names of heads are no target's."""
        always = [
            {name for _, carried in draft.ways.carried for name in carried.names} - draft.ways.sometimes
            for draft in self._drafts
        ]
        carried = frozenset[str].intersection(*map(frozenset[str], always))
        guards = (placed.row for draft in self._drafts for placed in draft.rows if isinstance(placed.row, Guard))
        heads = {guard.field for guard in guards if isinstance(guard.test, LanguageModel)}
        return tuple(sorted(self._hf.declared_fields - carried - heads))

    def _functions(self) -> Iterator[str]:
        """The rule functions that are more than one expression, with the annotations that hold in this module."""
        for draft in self._drafts:
            for placed in draft.rows:
                for rule in placed.row.functions:
                    if rule.expression is None:
                        users = [
                            other.target
                            for other in self._drafts
                            if any(rule in each.row.functions for each in other.rows)
                        ]
                        yield carried_over(rule, lifted_name(rule), _annotations(self._hf, users))


def _annotations(hf: HfClass, targets: Sequence[Target]) -> Mapping[str, str]:
    def either(names: Iterator[str]) -> str:
        return " | ".join(dict.fromkeys(names))

    return {
        "hf": hf.name,
        "check": "Check",
        "caller": either(target.fields for target in targets),
        "settings": either(target.transformer_fields for target in targets),
        "model": either(target.model_name for target in targets),
        "transformer": either(target.transformer_name for target in targets),
        "layers": "Layers",
    }


def _common[Entry](of_targets: Sequence[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    """What every target has, in the order of the first."""
    first, *others = of_targets
    common = frozenset(first).intersection(*others)
    return tuple(each for each in first if each in common)


def _positions(draft: OneTarget) -> Mapping[str, Owned]:
    return {name: decided.owned for name, decided in draft.decided.items()}


def _absent(owned: Owned) -> Scalar | Symbol:
    assert not isinstance(owned.absent, Absent), f"{owned.field.name} is decided for one target alone"
    return owned.absent


def unread(plan: Plan) -> Mapping[PartName | None, tuple[Ignored, ...]]:
    """The fields that are not read, by the part that says so; None for what the family says itself."""
    found: dict[PartName | None, list[Ignored]] = {}
    for placed in plan.rows:
        if isinstance(placed.row, Ignored):
            found.setdefault(placed.part, []).append(placed.row)
    return {part: tuple(sorted(rows, key=lambda row: row.field)) for part, rows in found.items()}


def target_imports(target: Target) -> tuple[Import, ...]:
    """The two Megatron classes of a target."""
    paths = (target.model_class, target.transformer_class)
    return tuple(Import(path.rpartition(".")[0], path.rpartition(".")[2]) for path in paths)
