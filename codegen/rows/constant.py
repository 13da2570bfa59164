"""A Megatron field has one value for the whole family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code
from codegen.functions import Import
from codegen.literals import Scalar, Symbol, described, literal
from codegen.owners import Owner
from codegen.rows.interface import Context, Problem, Role, Row
from codegen.types import takes_constant, takes_object


@dataclass(frozen=True)
class Constant(Row):
    """The Megatron field has one value for the whole family."""

    target: str
    value: Scalar | Symbol
    why: str

    def __str__(self) -> str:
        return f"Constant({self.target!r}, {described(self.value)})"

    @property
    def role(self) -> Role:
        return Role.USED

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.target,)

    @property
    def reason(self) -> str:
        return self.why

    @property
    def comment(self) -> str:
        return self.why

    @property
    def symbols(self) -> tuple[str, ...]:
        return (self.value.path,) if isinstance(self.value, Symbol) else ()

    @property
    def claims(self) -> bool:
        return True

    def expression(self, target: str, context: Context) -> str:
        del target, context
        return literal(self.value)

    def imports(self, context: Context) -> Iterator[Import]:
        del context
        for path in self.symbols:
            module, _, name = path.rpartition(".")
            yield Import(module, name)

    def problems(self, context: Context) -> Iterator[Problem]:
        owned = context.owners.get(self.target)
        if owned is None:
            if self.target in context.target.attributes and self.value is not None:
                yield Code.NOT_THE_MAPPERS, f"{self.target!r} is declared by no class; a Local row that wraps sets it"
            return
        takes = takes_object(owned.field.type) if self.symbols else takes_constant(owned.field.type, self._scalar)
        if not takes:
            yield Code.TYPE_MISMATCH, f"{self.target}: {owned.field.type} does not take {described(self.value)}"

    @property
    def _scalar(self) -> Scalar:
        return None if isinstance(self.value, Symbol) else self.value

    def says_absent(self, context: Context) -> bool:
        """Whether it says that the model does not have the thing, which leaving it out says too."""
        owned = context.owners.get(self.target)
        if owned is None or owned.owner is not Owner.ARCHITECTURE:
            return owned is None
        return type(self.value) is type(owned.absent) and self.value == owned.absent
