"""Turns the rows of a family, found to be sound, into the plan of its module.

What all targets of a family have in common becomes one function, which each mapper calls. A value that a mapper needs
outside of that function, or that differs by target, is computed by the mapper and handed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from codegen.constants import Scalar, Symbol, literal
from codegen.functions import Import
from codegen.owners import Absent, Owned, Owner, Target
from codegen.plan import Argument, Carried, Checks, Guards, Mapper, Parameter, PartName, Placed, Plan, Verdict
from codegen.resolve.back import ways
from codegen.resolve.collect import tables_of
from codegen.resolve.source import carried_over, names_in, substituted
from codegen.resolve.targets import Decided, decisions
from codegen.rows.constant import Constant
from codegen.rows.domain import Domain, InDomain
from codegen.rows.ignored import Ignored
from codegen.rows.local import Local
from codegen.rows.row import Context, Stage, Statement, call, lifted_name
from codegen.schemas import HfClass
from codegen.table import Family

FIRST = "to_megatron"
"""Name of the mapper to the first target of a family."""

Step = Statement | Guards


@dataclass(frozen=True)
class Draft:
    """One target of a family, with its rows and verdicts."""

    context: Context
    rows: tuple[Placed, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def target(self) -> Target:
        """The pair of Megatron classes."""
        return self.context.target

    @cached_property
    def decided(self) -> Mapping[str, Decided]:
        """Every field of the target, and the row that decides it."""
        return decisions(self.rows, self.context.owners)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What binds a name, before anything is suggested or after."""
        found = (placed.row.statement(self.context) for placed in self.rows)
        return tuple(each for each in found if each is not None and each.binds)

    @cached_property
    def bindings(self) -> tuple[Statement, ...]:
        """What binds a name before anything is suggested."""
        return tuple(each for each in self.statements if each.stage is Stage.CHECK)

    @cached_property
    def settled(self) -> tuple[Statement, ...]:
        """What binds a name after that."""
        return tuple(each for each in self.statements if each.stage is Stage.SETTLED)

    @cached_property
    def guards(self) -> tuple[Step, ...]:
        """What refuses: the guards of each part together, and those of the family."""
        of_parts: dict[PartName, list[Placed]] = {}
        own: list[Step] = []
        for placed in self.rows:
            statement = placed.row.statement(self.context)
            if placed.part is not None and (isinstance(placed.row, InDomain) or (statement and not statement.binds)):
                of_parts.setdefault(placed.part, []).append(placed)
            elif statement is not None and not statement.binds:
                own.append(statement)
        return (*(self._guards(part, found) for part, found in of_parts.items()), *own)

    def _guards(self, part: PartName, placed_here: Sequence[Placed]) -> Guards:
        types: dict[str, str] = {}
        taken: dict[str, str] = {}
        numbers = [placed.row for placed in placed_here if isinstance(placed.row, InDomain)]
        for row in numbers:
            if self.context.read(row.field).startswith("hf."):
                types[row.field] = "float | None"
        drawn = ((placed, placed.row.statement(self.context)) for placed in placed_here)
        found = [(placed, statement) for placed, statement in drawn if statement is not None]
        for placed, statement in found:
            source = placed.row.source
            if source is not None and self.context.read(source).startswith("hf."):
                types.setdefault(source, "object")
            for rule in placed.row.rules:
                types |= {name: rule.expects.get(name, "object") for name in rule.reads.get("hf", ())}
                taken |= {each.name: each.annotation for each in rule.parameters if each.name in statement.takes}
        # By name: families of the part may declare its fields in different orders.
        statements = tuple(sorted((each for _, each in found), key=lambda each: (each.fields[0], each.source)))
        domains = tuple(
            (domain, tuple((field, self.context.read(field)) for field in fields))
            for domain in Domain
            if (fields := sorted(row.field for row in numbers if row.domain is domain))
        )
        return Guards(part, statements, tuple(sorted(types.items())), tuple(sorted(taken.items())), domains)

    @cached_property
    def domains(self) -> Mapping[tuple[Domain, str], str]:
        """Numbers that the family itself checks: the read of each, by domain and field."""
        return {
            (placed.row.domain, placed.row.field): self.context.read(placed.row.field)
            for placed in self.rows
            if isinstance(placed.row, InDomain) and placed.part is None
        }

    @cached_property
    def inner(self) -> tuple[Argument, ...]:
        """The architecture fields of the inner class."""
        return self._arguments(inner=True)

    @cached_property
    def outer(self) -> tuple[Argument, ...]:
        """The architecture fields of the outer class."""
        return self._arguments(inner=False)

    @cached_property
    def inner_settings(self) -> tuple[Argument, ...]:
        """The suggested fields of the inner class."""
        return self._settings(inner=True)

    @cached_property
    def outer_settings(self) -> tuple[Argument, ...]:
        """The suggested fields of the outer class."""
        return self._settings(inner=False)

    def _arguments(self, *, inner: bool) -> tuple[Argument, ...]:
        return tuple(
            Argument(name, decision.placed.row.expression(name, self.context), _comment(decision.placed))
            for name, decision in self._of(Owner.ARCHITECTURE, inner=inner)
            if decision.placed is not None and not self._is_absent(decision.placed)
        )

    def _is_absent(self, placed: Placed) -> bool:
        return isinstance(placed.row, Constant) and placed.row.says_absent(self.context)

    def _settings(self, *, inner: bool) -> tuple[Argument, ...]:
        found: dict[int, Argument] = {}
        for name, decision in self._of(Owner.SUGGESTED, inner=inner):
            assert decision.placed is not None
            row = decision.placed.row
            if id(row) in found:
                continue
            expression = row.expression(name, self.context)
            if row.is_unpacked:
                found[id(row)] = Argument("", self._handed_on(expression), _comment(decision.placed))
            else:
                found[id(decision)] = Argument(name, expression, _comment(decision.placed))
        return tuple(found.values())

    def _of(self, owner: Owner, *, inner: bool) -> Iterator[tuple[str, Decided]]:
        for name, decision in self.decided.items():
            outer = name in self.context.owners.model
            if decision.placed is not None and decision.owned.owner is owner and inner != outer:
                yield name, decision

    def _handed_on(self, expression: str) -> str:
        """An expression in which names of Megatron's fields stand for what the mapper passes for them."""
        bound = {each.binds for each in self.statements}
        fields = {name: self._passed(decision) for name, decision in self.decided.items() if name not in bound}
        return substituted(expression, fields)

    def _passed(self, decision: Decided) -> str | None:
        """None for what no row decides: whoever takes it has Megatron's default for it."""
        if decision.placed is None:
            return None
        return decision.placed.row.expression(decision.owned.field.name, self.context)

    @property
    def wrapped(self) -> str:
        """The expression that becomes the inner config."""
        locals_ = (placed.row for placed in self.rows if isinstance(placed.row, Local))
        rules = (row.rules[1] for row in locals_ if row.wrap is not None)
        return next((call(rule) for rule in rules), "transformer")

    @property
    def imports(self) -> Iterator[Import]:
        """Whatever a line of the module may name."""
        for placed in self.rows:
            yield from placed.row.imports(self.context)
            for rule in placed.row.functions:
                yield from rule.imports
                yield from rule.annotated


def build(family: Family, file: str, hf: HfClass, drafts: Sequence[Draft]) -> Plan:
    """The plan of a family without diagnostics.

    Args:
        family: what is mapped.
        file: where it stands in the table.
        hf: its class.
        drafts: one for each target.
    """
    return _Builder(family, file, hf, tuple(drafts)).plan()


class _Builder:
    def __init__(self, family: Family, file: str, hf: HfClass, drafts: tuple[Draft, ...]) -> None:
        self._family, self._file, self._hf, self._drafts = family, file, hf, drafts
        self._names = frozenset(each.binds for draft in drafts for each in draft.statements)
        self._bindings = _common(tuple(draft.bindings for draft in drafts))
        self._guards = _common(tuple(draft.guards for draft in drafts))
        self._settings = _common(tuple(draft.inner_settings for draft in drafts))
        self._arguments = _common(tuple(draft.inner for draft in drafts))
        self._hoisted = frozenset[str]().union(*(self._needed(draft) for draft in drafts))

    def plan(self) -> Plan:
        own = self._own()
        shared = tuple(each for each in self._bindings if each.binds not in self._hoisted)
        mappers = tuple(self._mapper(draft, own) for draft in self._drafts)
        checks = Checks(
            integers=() if any(mapper.checks.bindings for mapper in mappers) else self._integers(),
            domains=self._domains(_common(tuple(tuple(draft.domains.items()) for draft in self._drafts))),
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
            checks=checks,
            settings=self._merged(own, [draft.inner_settings for draft in self._drafts], self._settings),
            settled=first.settled,
            transformer=self._merged(own, [draft.inner for draft in self._drafts], self._arguments),
            carried=self._carried(),
            not_carried=self._not_carried(),
            derived=tuple(sorted(field.name for field in self._hf.fields if not field.declared)),
            functions=tuple(sorted(dict.fromkeys(self._functions()))),
            imports=tuple(dict.fromkeys(each for draft in self._drafts for each in draft.imports)),
            tables=tables_of(self._family),
        )

    def _needed(self, draft: Draft) -> frozenset[str]:
        """The names that a mapper needs outside of what it shares, and all that their values need."""
        sources = [argument.expression for argument in draft.outer]
        sources += [argument.expression for argument in draft.outer_settings]
        sources += [argument.expression for argument in self._differing(draft)]
        sources += [draft.wrapped]
        own: list[Step] = [each for each in draft.bindings if each not in self._bindings]
        own += [each for each in draft.guards if each not in self._guards]
        found = frozenset[str]().union(*(names_in(source) for source in sources), *(each.takes for each in own))
        found |= {each.binds for each in own if isinstance(each, Statement)}
        takes = {each.binds: each.takes for each in draft.bindings}
        while more := frozenset[str]().union(*(takes.get(name, frozenset()) for name in found)) - found:
            found |= more
        return found & takes.keys()

    def _differing(self, draft: Draft) -> tuple[Argument, ...]:
        """Fields of the inner class that are another target's too, and not the same there."""
        arguments = (*draft.inner_settings, *draft.inner)
        return tuple(each for each in arguments if each not in (*self._settings, *self._arguments))

    def _own(self) -> dict[str, Parameter]:
        """What the shared function is given by name, in the declared order."""
        found: dict[str, Parameter] = {}
        positions: dict[str, int] = {}
        for draft in self._drafts:
            for argument in self._differing(draft):
                owned = draft.decided[argument.name].owned
                positions[argument.name] = owned.position
                everywhere = all(
                    any(each.name == argument.name for each in self._differing(other)) for other in self._drafts
                )
                default = None if everywhere else literal(_absent(owned))
                found[argument.name] = Parameter(argument.name, owned.field.type, default)
        # Parameters with a default come last.
        return {name: found[name] for name in sorted(found, key=lambda n: (found[n].default is not None, positions[n]))}

    def _mapper(self, draft: Draft, own: Mapping[str, Parameter]) -> Mapper:
        hoisted = tuple(each for each in draft.bindings if each.binds in self._hoisted)
        alone = tuple(each for each in draft.guards if each not in self._guards)
        common = _common(tuple(tuple(other.domains.items()) for other in self._drafts))
        passed = {argument.name: argument for argument in self._differing(draft)}
        return Mapper(
            name=FIRST if draft is self._drafts[0] else draft.target.mapper,
            target=draft.target,
            checks=Checks(
                integers=self._integers() if hoisted else (),
                domains=self._domains(tuple(each for each in draft.domains.items() if each not in common)),
                bindings=self._ordered(hoisted),
                guards=self._by_field(alone),
            ),
            own=tuple(passed[name] for name in own if name in passed),
            settings=draft.outer_settings,
            model=draft.outer,
            wrapped=draft.wrapped,
            verdicts=draft.verdicts,
            rows=draft.rows,
        )

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

    def _integers(self) -> tuple[tuple[str, str], ...]:
        """Integers that have another name too, by which they may have been set without transformers' own checks."""
        names = {*self._hf.attribute_map, *self._hf.attribute_map.values()}
        whole = {field.name for field in self._hf.fields if field.type == "int"} & names
        rows = (placed.row for draft in self._drafts for placed in draft.rows)
        numbers = {row.field for row in rows if isinstance(row, InDomain)} & whole
        context = self._drafts[0].context
        return tuple((field, context.read(field)) for field in sorted(numbers, key=self._place))

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
        for draft in self._drafts:
            for _, carried in ways(draft.rows, draft.context).carried:
                found.setdefault(carried.names, {})[draft.target.name] = carried.expressions
        order = sorted(found, key=lambda names: self._place(names[0]))
        return tuple(Carried(names, found[names]) for names in order)

    def _not_carried(self) -> tuple[str, ...]:
        """Not by every model of every target."""
        always = [
            {name for _, carried in known.carried for name in carried.names} - known.sometimes
            for known in (ways(draft.rows, draft.context) for draft in self._drafts)
        ]
        carried = frozenset[str].intersection(*map(frozenset[str], always))
        return tuple(sorted(self._hf.declared_fields - carried))

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
    }


def _comment(placed: Placed) -> str:
    """What stands above the line of a row; what a part says is said where the part's own function is."""
    return placed.row.comment if placed.part is None else ""


def _common[Entry](of_targets: Sequence[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    """What every target has, in the order of the first."""
    first, *others = of_targets
    return tuple(each for each in first if all(each in other for other in others))


def _positions(draft: Draft) -> Mapping[str, Owned]:
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
