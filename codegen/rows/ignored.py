"""A Hugging Face field that does not decide what the model computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from codegen.diagnostics import Code
from codegen.literals import literal
from codegen.rows.domain import Domain
from codegen.rows.interface import Context, Problem, Role, Row, Statement
from codegen.types import atoms


class Kind(Enum):
    """What an ignored field claims to be; each kind is tested for what it claims."""

    INFERENCE = "metadata or inference"
    INITIALISATION = "initialisation only"
    PADDING_TOKEN = "padding token"
    DEAD = "dead"


@dataclass(frozen=True)
class Ignored(Row):
    """The field does not decide what the model computes."""

    field: str
    kind: Kind
    why: str
    domain: Domain | None = None
    """Of a number without which, and outside of which, no model can be built, whatever it would compute. Where the
    class does not declare the number, it may be left out."""

    def __str__(self) -> str:
        return f"Ignored({self.field!r}, {self.kind.value!r})"

    @property
    def role(self) -> Role:
        return Role.IGNORED

    @property
    def source(self) -> str:
        return self.field

    @property
    def names(self) -> tuple[str, ...]:
        return (self.field,)

    @property
    def reason(self) -> str:
        return self.why

    @property
    def explained(self) -> str:
        return f"{self.kind.value}: {self.why}"

    @cached_property
    def reads(self) -> frozenset[str]:
        return frozenset()

    @cached_property
    def expects(self) -> Mapping[str, str]:
        if self.kind is Kind.PADDING_TOKEN:
            return {"vocab_size": "int"}
        return {} if self.domain is None else {self.field: "float | None"}

    def statement(self, context: Context) -> Statement | None:
        """A padding token is a row of the embedding, or there is none."""
        read = context.read(self.field)
        if self.kind is Kind.PADDING_TOKEN:
            source = f"check.padding_token({read}, {context.read('vocab_size')})"
            return Statement(source, fields=(self.field,))
        if self.domain is None:
            return None
        types = atoms(context.type(self.field))
        if not types <= {"int", "float", "None"}:
            return Statement(f"check.number_{self.domain.value}({literal(self.field)})", fields=(self.field,))
        if "None" in types:
            read = f"check.given({literal(self.field)}, {read})"
        return Statement(f"check.{self.domain.value}({self.field}={read})", fields=(self.field,))

    def problems(self, context: Context) -> Iterator[Problem]:
        if self.kind is not Kind.DEAD:
            return
        for known in context.hf.attributes:
            if known.name == self.field and known.read_in:
                message = f"called dead, but {', '.join(known.read_in)} read{'s' * (len(known.read_in) == 1)} it"
                yield Code.FALSE_CLAIM, message
