"""A kind of row of the scenario's own: it answers for itself, and neither resolve nor emit has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code
from codegen.functions import Import
from codegen.rows.interface import Carried, Context, Problem, Role, Row, Statement, arguments
from codegen.table import DECIDE, Absence, Part, positive
from tests.codegen.scenarios.toys import OUTER, architecture, family, hf, megatron, snapshot


@dataclass(frozen=True)
class Doubled(Row):
    """The Megatron field is twice the Hugging Face field, which must be given."""

    field: str
    target: str

    def __str__(self) -> str:
        return arguments("Doubled", self.field, self.target)

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
    def comment(self) -> str:
        return "Megatron counts both halves."

    def binds(self, context: Context) -> str:
        del context
        return self.field

    def statement(self, context: Context) -> Statement:
        return Statement(
            f"{self.field} = check.given({self.field!r}, {context.read(self.field)})",
            fields=(self.field,),
            binds=self.field,
            annotation="int",
        )

    def expression(self, target: str, context: Context) -> str:
        del target, context
        return f"prod((2, {self.field}))"

    def carried(self, context: Context) -> Carried:
        return Carried((self.field,), (f"{context.owners.read(self.target)} // 2",))

    def imports(self, context: Context) -> Iterator[Import]:
        del context
        yield Import("math", "prod")

    def problems(self, context: Context) -> Iterator[Problem]:
        if context.hf.has(self.field) and not context.type(self.field).startswith("int"):
            yield Code.TYPE_MISMATCH, f"{self.field}: {context.type(self.field)} has no halves"


SNAPSHOT = snapshot(
    (hf("width"), hf("depth", "int | None"), hf("vocabulary")),
    inner=(megatron("width"), megatron("depth")),
    outer=(megatron("vocabulary"),),
)
OWNERS = (
    architecture(Absence("depth", DECIDE), Absence("width", DECIDE)),
    architecture(Absence("vocabulary", DECIDE), classes=OUTER),
)
WIDTH = Part(rows=(Doubled("width", "width"), *positive("width")))
"""A part may have such a row."""
FAMILY = family(
    (Doubled("depth", "depth"), Doubled("vocabulary", "vocabulary"), *positive("depth", "vocabulary")),
    parts=(WIDTH,),
)
SHOWS = ("toy.py", "_registry.py", "_parts/new_kind.py")
