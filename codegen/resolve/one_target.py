"""One target of a family: what its rows say there, as statements and arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from codegen.functions import Import
from codegen.owners import Owner, Target
from codegen.plan import Argument, Guards, PartName, Placed, Verdict
from codegen.resolve import huggingface, megatron
from codegen.resolve.megatron import Decided, Fields, decisions
from codegen.resolve.python import substituted
from codegen.resolve.round_trip import Ways, ways
from codegen.rows.constant import Constant
from codegen.rows.domain import Domain, InDomain
from codegen.rows.interface import Context, Stage, Statement, call
from codegen.rows.local import Local

Step = Statement | Guards


@dataclass(frozen=True)
class OneTarget:
    """One target of a family, with its rows."""

    context: Context
    rows: tuple[Placed, ...]
    fields: Fields
    """Of the target."""

    @property
    def target(self) -> Target:
        """The pair of Megatron classes."""
        return self.context.target

    @cached_property
    def decided(self) -> Mapping[str, Decided]:
        """Every field of the target, and the row that decides it."""
        return decisions(self.rows, self.context.owners)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What becomes of every field of both sides."""
        ours = megatron.verdicts(self.rows, self.decided, self.context, self.fields.left)
        return (*huggingface.verdicts(self.rows, self.context.hf), *ours)

    @cached_property
    def ways(self) -> Ways:
        """What the rows say of the round trip."""
        return ways(self.rows, self.context)

    @cached_property
    def drawn(self) -> tuple[tuple[Placed, Statement | None], ...]:
        """Each row, with what is done for it before anything is constructed."""
        return tuple((placed, placed.row.statement(self.context)) for placed in self.rows)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What binds a name, before anything is suggested or after."""
        return tuple(each for _, each in self.drawn if each is not None and each.binds)

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
        of_parts: dict[PartName, list[tuple[Placed, Statement | None]]] = {}
        own: list[Step] = []
        for placed, statement in self.drawn:
            if placed.part is not None and (isinstance(placed.row, InDomain) or (statement and not statement.binds)):
                of_parts.setdefault(placed.part, []).append((placed, statement))
            elif statement is not None and not statement.binds:
                own.append(statement)
        return (*(self._guards(part, found) for part, found in of_parts.items()), *own)

    def _guards(self, part: PartName, drawn: Sequence[tuple[Placed, Statement | None]]) -> Guards:
        types: dict[str, str] = {}
        taken: dict[str, str] = {}
        numbers = [placed.row for placed, _ in drawn if isinstance(placed.row, InDomain)]
        for row in numbers:
            if self.context.read(row.field).startswith("hf."):
                types[row.field] = "float | None"
        found = [(placed, statement) for placed, statement in drawn if statement is not None]
        for placed, statement in found:
            source = placed.row.source
            if source is not None and self.context.read(source).startswith("hf."):
                types.setdefault(source, "object")
            types |= placed.row.expects
            for rule in placed.row.rules:
                taken |= {each.name: each.annotation for each in rule.parameters if each.name in statement.takes}
        # By name: families of the part may declare its fields in different orders.
        statements = tuple(sorted((each for _, each in found), key=lambda each: (each.fields[0], each.source)))
        domains = tuple(
            (domain, tuple((field, self.context.read(field)) for field in fields))
            for domain in Domain
            if (fields := sorted(row.field for row in numbers if row.domain is domain))
        )
        called = dict.fromkeys(rule for placed, _ in found for rule in placed.row.rules if rule.expression is None)
        return Guards(
            part, statements, tuple(sorted(types.items())), tuple(sorted(taken.items())), domains, tuple(called)
        )

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
        return self._arguments(self._inner)

    @cached_property
    def outer(self) -> tuple[Argument, ...]:
        """The architecture fields of the outer class."""
        return self._arguments(self.context.owners.model)

    @cached_property
    def layers(self) -> tuple[Argument, ...]:
        """The fields of `Layers`."""
        return self._arguments(self.context.owners.layers)

    @cached_property
    def inner_settings(self) -> tuple[Argument, ...]:
        """The suggested fields of the inner class."""
        return self._settings(self._inner)

    @cached_property
    def outer_settings(self) -> tuple[Argument, ...]:
        """The suggested fields of the outer class."""
        return self._settings(self.context.owners.model)

    @property
    def _inner(self) -> Collection[str]:
        """What is passed to the inner class: what the outer one declares too is passed to that."""
        return self.context.owners.transformer.keys() - self.context.owners.model.keys()

    def _arguments(self, fields: Collection[str]) -> tuple[Argument, ...]:
        return tuple(
            Argument(name, decision.placed.row.expression(name, self.context), _comment(decision.placed))
            for name, decision in self._of(Owner.ARCHITECTURE, fields)
            if decision.placed is not None and not self._is_absent(decision.placed)
        )

    def _is_absent(self, placed: Placed) -> bool:
        return isinstance(placed.row, Constant) and placed.row.says_absent(self.context)

    def _settings(self, fields: Collection[str]) -> tuple[Argument, ...]:
        found: dict[int, Argument] = {}
        for name, decision in self._of(Owner.SUGGESTED, fields):
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

    def _of(self, owner: Owner, fields: Collection[str]) -> Iterator[tuple[str, Decided]]:
        for name, decision in self.decided.items():
            if decision.placed is not None and decision.owned.owner is owner and name in fields:
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


def _comment(placed: Placed) -> str:
    """What stands above the line of a row; what a part says is said where the part's own function is."""
    return placed.row.comment if placed.part is None else ""
