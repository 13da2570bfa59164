"""Megatron fields are what a function returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code
from codegen.literals import Function
from codegen.owners import Owner
from codegen.rows.interface import Back, Context, Problem, Role, Row, arguments, call


@dataclass(frozen=True)
class Computed(Row):
    """The Megatron field is what a function returns; several suggested ones are what a `TypedDict` holds.

    A parameter of such a function that is named as a Megatron field of the target stands for what the mapper passes for
    that field. It may only be handed on as it is.
    """

    target: str | tuple[str, ...]
    function: Function
    why: str
    """Comment above the line in generated code; empty where the expression says it all."""
    inverse: Back

    def __str__(self) -> str:
        named = [self.target] if isinstance(self.target, str) else []
        return arguments("Computed", *named, self.function.__name__)

    @property
    def role(self) -> Role:
        return Role.USED

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.target,) if isinstance(self.target, str) else self.target

    @property
    def is_unpacked(self) -> bool:
        return not isinstance(self.target, str)

    @property
    def rule_functions(self) -> tuple[Function, ...]:
        return (self.function,)

    @property
    def back(self) -> Back:
        return self.inverse

    @property
    def reason(self) -> str | None:
        """Several fields together need a reason, as their names do not stand in generated code."""
        return None if isinstance(self.target, str) else self.why

    @property
    def comment(self) -> str:
        return self.why

    def at_hand(self, context: Context, bound: frozenset[str], settled: frozenset[str]) -> frozenset[str]:
        names = {"hf", "caller", *bound}
        owned = context.owners.get(self.targets[0])
        if owned is not None and owned.owner is Owner.ARCHITECTURE:
            # The outer config is constructed last, when the inner one is there.
            if self.targets[0] in context.owners.model:
                names |= {"transformer"}
            elif self.targets[0] in context.owners.transformer:
                names |= {"settings", *settled}
        elif not isinstance(self.target, str):
            names |= {"check", *context.owners.transformer, *context.owners.model}
        return frozenset(names)

    def expression(self, target: str, context: Context) -> str:
        del target, context
        return call(self.rules[0])

    def problems(self, context: Context) -> Iterator[Problem]:
        if isinstance(self.target, str):
            return
        first = self.target[0]
        for name in self.target:
            owned = context.owners.get(name)
            if owned is None:
                continue
            if owned.owner not in (Owner.SUGGESTED, Owner.CALLER, Owner.DERIVED):
                message = f"fields that are decided together are suggested ones, and {name!r} is {owned.owner.value}"
                yield Code.NOT_THE_MAPPERS, message
            if (name in context.owners.model) != (first in context.owners.model):
                message = f"fields that are decided together are of one class, and {name!r} and {first!r} are of two"
                yield Code.NOT_THE_MAPPERS, message
