"""What will be emitted, and why: the result of resolving one family. Plain data that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from codegen.functions import Import, RuleFunction
from codegen.literals import ValueTable
from codegen.owners import Target
from codegen.rows.domain import Domain
from codegen.rows.interface import Row, Statement
from codegen.schemas import HfClass
from codegen.table import Family, Weight


class Side(Enum):
    """Which upstream a field belongs to."""

    HUGGINGFACE = "Hugging Face"
    MEGATRON = "Megatron"


@dataclass(frozen=True)
class PartName:
    """Where a part stands, and what it is called there."""

    module: str
    """Import path of the file."""
    name: str
    """The constant, in lower case: the name of the function that checks its guards in generated code."""
    doc: str = ""
    """What its file says of it."""

    @property
    def subject(self) -> str:
        """The folder that holds the file: the module of generated code that holds the function."""
        return self.module.split(".")[-2]


@dataclass(frozen=True)
class Placed:
    """A row, and where it stands."""

    row: Row
    file: str
    """The file that holds it, relative to the folder that holds the table."""
    part: PartName | None
    """None for a row of a family's own."""

    @cached_property
    def where(self) -> str:
        """File and row, for people."""
        return f"{self.file}: {self.row}"


@dataclass(frozen=True)
class Verdict:
    """What becomes of one field of either side."""

    side: Side
    field: str
    verdict: str
    """"used", "must be", "ignored", "deviation"; or the owner of a Megatron field."""
    reason: str
    decided_in: str
    """File and row."""
    expression: str = ""
    """What generated code computes for a Megatron field; empty where it writes nothing."""


@dataclass(frozen=True)
class Argument:
    """A keyword argument, or a dictionary entry among the suggestions."""

    name: str
    """Empty for several fields that are decided together, which are unpacked."""
    expression: str
    comment: str


@dataclass(frozen=True)
class Parameter:
    """What the function that both mappers share is given by each."""

    name: str
    annotation: str
    default: str | None = None
    """None where there is none."""


@dataclass(frozen=True)
class Guards:
    """The guards of one part. They are a function in generated code, which every family of the part calls."""

    part: PartName
    statements: tuple[Statement, ...]
    hf_types: tuple[tuple[str, str], ...]
    """The fields that it reads as attributes, each with the type that the part's functions expect."""
    taken: tuple[tuple[str, str], ...] = ()
    """Names that other statements bind, each with its type."""
    domains: tuple[tuple[Domain, tuple[tuple[str, str], ...]], ...] = ()
    """Numbers by domain, each with its read."""
    functions: tuple[RuleFunction, ...] = ()
    """Those of more than one expression that its statements call."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The Hugging Face fields that it is about."""
        numbers = (field for _, reads in self.domains for field, _ in reads)
        return tuple(dict.fromkeys((*numbers, *(field for each in self.statements for field in each.fields))))

    @property
    def takes(self) -> frozenset[str]:
        """Names that other statements bind."""
        return frozenset(name for name, _ in self.taken)


@dataclass(frozen=True)
class Carried:
    """Hugging Face fields that are read back together, with the expressions for each target that has them."""

    names: tuple[str, ...]
    expressions: Mapping[str, tuple[str, ...]]
    """By the name of the target."""
    part: PartName | None = None
    """The part whose row says so, for every target."""


@dataclass(frozen=True)
class Checks:
    """What one function checks before it constructs anything, in order."""

    domains: tuple[tuple[Domain, tuple[tuple[str, str], ...]], ...] = ()
    """Numbers by domain, each with its read."""
    bindings: tuple[Statement, ...] = ()
    guards: tuple[Statement | Guards, ...] = ()


@dataclass(frozen=True)
class Mapper:
    """What is one target's own."""

    name: str
    """Of the generated function."""
    target: Target
    checks: Checks
    own: tuple[Argument, ...]
    """What it passes to the function that all mappers of the family share: fields that differ by target."""
    settings: tuple[Argument, ...]
    """What is suggested for the outer class."""
    model: tuple[Argument, ...]
    layers: tuple[Argument, ...]
    """The fields of `Layers` that a model of the family can have otherwise than absent."""
    wrapped: str
    """Source of the expression that becomes the inner config."""
    verdicts: tuple[Verdict, ...]
    rows: tuple[Placed, ...]


@dataclass(frozen=True)
class Plan:
    """One family."""

    family: Family
    file: str
    """The file that holds it."""
    hf: HfClass
    mappers: tuple[Mapper, ...]
    passed: tuple[Parameter, ...]
    """Values that each mapper computes, and that the function they share takes."""
    own: tuple[Parameter, ...]
    """Fields of the inner class that differ by target."""
    same_layers: tuple[Argument, ...]
    """The fields of `Layers` where several targets give models the same; none where they do not, or there is one."""
    same_layers_take: tuple[Parameter, ...]
    """What these are computed from."""
    checks: Checks
    settings: tuple[Argument, ...]
    """What is suggested for the inner class."""
    settled: tuple[Statement, ...]
    transformer: tuple[Argument, ...]
    carried: tuple[Carried, ...]
    not_carried: tuple[str, ...]
    """Declared Hugging Face fields that Megatron knows nothing of, or not in every model."""
    derived: tuple[str, ...]
    """Attributes that the config class sets by itself."""
    weights: Mapping[str, Weight]
    """By the name of a parameter within a layer, what a checkpoint calls it: those that Megatron's layers have not."""
    functions: tuple[str, ...]
    """Source of the definitions that are carried over."""
    imports: tuple[Import, ...]
    tables: tuple[ValueTable, ...]

    @property
    def main(self) -> Mapper:
        """The target of `to_megatron`."""
        return self.mappers[0]

    @property
    def architectures(self) -> tuple[str, ...]:
        """What a checkpoint calls the causal language model of the class; nothing where that is a composite's alone."""
        if self.family.architectures:
            return self.family.architectures
        return (self.hf.causal_lm.rpartition(".")[2],) if self.hf.causal_lm and not self.family.body else ()

    @property
    def layers(self) -> tuple[str, ...]:
        """The fields of `Layers` of which its models have some, or all of them all."""
        return tuple(dict.fromkeys(each.name for mapper in self.mappers for each in mapper.layers))

    @cached_property
    def rows(self) -> tuple[Placed, ...]:
        """The rows of all targets, each once."""
        found: dict[int, Placed] = {}
        for mapper in self.mappers:
            for placed in mapper.rows:
                found.setdefault(id(placed.row), placed)
        return tuple(found.values())
