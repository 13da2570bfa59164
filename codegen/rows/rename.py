"""A Megatron field has the value of a Hugging Face field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code
from codegen.literals import Scalar
from codegen.rows.interface import Back, Carried, Context, Problem, Role, Row, Statement, arguments, stated_inverses
from codegen.text import quoted
from codegen.types import atoms, missing, without_none


@dataclass(frozen=True)
class Rename(Row):
    """The Megatron field has the value of the Hugging Face field. It inverts by itself."""

    field: str
    target: str
    required: bool | str = False
    """Whether None is refused, where Hugging Face allows it and Megatron has no None that means the same; the reason
    where it is another one than that transformers cannot do without a value."""
    unset: Scalar | None = None
    """What Megatron means by None, where that is a value that Hugging Face has to say."""
    inverse: Back | None = None
    """How the field is read back where that is more than the value, or why it is not."""

    def __str__(self) -> str:
        return arguments("Rename", self.field, self.target)

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
    def back(self) -> Back | None:
        return self.inverse

    def binds(self, context: Context) -> str:
        """The field's own name, where it can be None and must not be."""
        return self.field if self.required and "None" in atoms(context.type(self.field)) else ""

    def statement(self, context: Context) -> Statement | None:
        if not self.binds(context):
            return None
        reason = f", {quoted(self.required)}" if isinstance(self.required, str) else ""
        return Statement(
            f"{self.field} = check.given({self.field!r}, {context.read(self.field)}{reason})",
            fields=(self.field,),
            binds=self.field,
            annotation=" | ".join(sorted(without_none(context.type(self.field)))),
        )

    def expression(self, target: str, context: Context) -> str:
        del target
        return self.binds(context) or context.read(self.field)

    def carried(self, context: Context) -> Carried | None:
        if self.inverse is not None:
            return stated_inverses(self.inverse)
        if self.field not in context.hf.declared_fields:
            return None
        read = context.owners.read(self.target)
        return Carried(
            (self.field,), (read if self.unset is None else f"({self.unset!r} if {read} is None else {read})",)
        )

    def problems(self, context: Context) -> Iterator[Problem]:
        owned, kind = context.owners.get(self.target), context.type(self.field)
        if owned is None or not context.hf.has(self.field):
            return
        given = without_none(kind) if self.required else atoms(kind)
        if not context.declares(self.field) and missing(given, owned.field.type):
            message = (
                f"{context.hf.name} does not declare {self.field}, and what code reads there undeclared is an object, "
                f"which {self.target}: {owned.field.type} does not take; if the class computes without it, name it in "
                f"`replaces` and say {self.target} by another part or row, else require its type and compute it"
            )
            yield Code.TYPE_MISMATCH, message
        elif refused := missing(given, owned.field.type):
            message = (
                f"{self.field}: {kind} does not fit {self.target}: {owned.field.type} "
                f"(not taken: {', '.join(sorted(refused))}); compute it, or require it"
            )
            yield Code.TYPE_MISMATCH, message
