"""A Megatron field is looked up in a closed table of values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code
from codegen.functions import Import
from codegen.literals import Scalar, Symbol, ValueTable, described
from codegen.rows.interface import Carried, Context, Problem, Role, Row, Statement, arguments
from codegen.types import literals, takes_constant, takes_object


@dataclass(frozen=True)
class Choice(Row):
    """The Megatron field is looked up by the Hugging Face value; what is not in the table is refused."""

    field: str
    target: str
    table: ValueTable

    def __str__(self) -> str:
        return arguments("Choice", self.field, self.target, self.table.name)

    @property
    def role(self) -> Role:
        return Role.USED

    @property
    def source(self) -> str:
        return self.field

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.target,)

    @property
    def tables(self) -> tuple[ValueTable, ...]:
        return (self.table,)

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.table.symbols

    def binds(self, context: Context) -> str:
        del context
        return self.target

    def statement(self, context: Context) -> Statement:
        owned = context.owners.get(self.target)
        return Statement(
            f"{self.target} = check.choice({self.field!r}, {context.read(self.field)}, {self.table.name})",
            fields=(self.field,),
            binds=self.target,
            annotation=owned.field.type if owned is not None else "object",
        )

    def expression(self, target: str, context: Context) -> str:
        del target, context
        return self.target

    def carried(self, context: Context) -> Carried:
        return Carried((self.field,), (f"key_of({self.table.name}, {context.owners.read(self.target)})",))

    def imports(self, context: Context) -> Iterator[Import]:
        del context
        yield Import("._tables", self.table.name)
        yield Import("mcore_mappers_runtime.round_trip", "key_of")

    def problems(self, context: Context) -> Iterator[Problem]:
        owned = context.owners.get(self.target)
        if owned is None:
            return
        for key, value in self.table.values.items():
            if not _takes(owned.field.type, value):
                message = f"{self.target}: {owned.field.type} does not take {described(value)} (for {key!r})"
                yield Code.TYPE_MISMATCH, message
        if context.hf.has(self.field):
            for value in sorted(literals(context.type(self.field)) - set(self.table.values)):
                message = f"{self.field}: {context.type(self.field)} can be {value!r}, which the table does not cover"
                yield Code.LITERAL_NOT_COVERED, message


def _takes(annotation: str, value: Scalar | Symbol) -> bool:
    return takes_object(annotation) if isinstance(value, Symbol) else takes_constant(annotation, value)
