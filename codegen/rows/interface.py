"""What a row of the table is: the questions that the generator asks of each kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property

from codegen.diagnostics import Code
from codegen.functions import Import, RuleFunction, read_function
from codegen.literals import Function, ValueTable
from codegen.owners import Owners, Target
from codegen.schemas import HfClass, Undeclared

Problem = tuple[Code, str]
"""What is wrong with a row, for a diagnostic."""


@dataclass(frozen=True)
class Context:
    """The class and the target for which a row is asked."""

    hf: HfClass
    owners: Owners
    target: Target

    def declares(self, source: str) -> bool:
        """Whether the Hugging Face class declares the name, as a field or as a property."""
        return source in self.hf.declared

    def read(self, source: str) -> str:
        """How generated code reads a field: as an attribute where the class declares it, else through the one reader.

        A type checker rejects the read of an attribute that begins with an underscore, declared or not.
        """
        if self.declares(source) and not source.startswith("_"):
            return f"hf.{source}"
        return f"check.undeclared({source!r})"

    def type(self, source: str) -> str:
        """The type of what generated code reads: whatever a checkpoint holds, where the class declares nothing."""
        known = next((known for known in self.hf.attributes if known.name == source), None)
        if known is None or isinstance(known, Undeclared) or not self.declares(source):
            return "object"
        return known.type


class Role(IntEnum):
    """What a row makes of a Hugging Face field; where several rows are about it, the first of these holds."""

    IGNORED = 0
    USED = 1
    DEVIATION = 2
    MUST_BE = 3

    @property
    def text(self) -> str:
        """The verdict as reports print it."""
        return self.name.lower().replace("_", " ")


class Stage(Enum):
    """When generated code evaluates a statement."""

    CHECK = "check"
    """Before anything is constructed; it may refuse."""
    SETTLED = "settled"
    """After the suggested values and the caller's are settled."""


@dataclass(frozen=True)
class Statement:
    """What generated code does for a row before it constructs anything."""

    source: str
    fields: tuple[str, ...]
    """The Hugging Face fields that it is about, which decide its place."""
    takes: frozenset[str] = frozenset()
    """Names that other statements bind."""
    binds: str = ""
    annotation: str = ""
    """The type of what it binds, for a function to which that is passed."""
    stage: Stage = Stage.CHECK


@dataclass(frozen=True)
class Carried:
    """Hugging Face fields that are read back together, because one row of the table decides all of them."""

    names: tuple[str, ...]
    expressions: tuple[str, ...]
    """Source, over `model` and `transformer`: the outer and the inner Megatron config."""


@dataclass(frozen=True)
class Inverse:
    """How one Hugging Face field is read back from a Megatron config."""

    field: str
    function: Function


@dataclass(frozen=True)
class NoInverse:
    """Why nothing is read back."""

    why: str


Back = tuple[Inverse, ...] | NoInverse


@dataclass(frozen=True)
class Row(ABC):
    """A fact about a family. Each kind answers for itself: a new kind is a class in a file of its own."""

    @abstractmethod
    def __str__(self) -> str:
        """The row as it is written, without its reason."""

    @property
    @abstractmethod
    def role(self) -> Role:
        """What the Hugging Face fields that it names or reads are to a reader."""

    @property
    def source(self) -> str | None:
        """The Hugging Face field that the row itself names."""
        return None

    @property
    def targets(self) -> tuple[str, ...]:
        """Megatron fields and attributes that the row decides."""
        return ()

    @property
    def names(self) -> tuple[str, ...]:
        """Other names under which a family can replace the row."""
        return ()

    @property
    def unique(self) -> tuple[str, ...]:
        """What no second row of the kind may say."""
        return self.names

    @property
    def rule_functions(self) -> tuple[Function, ...]:
        """The functions that generated code evaluates for it."""
        return ()

    @property
    def back(self) -> Back | None:
        """What it says of the round trip; None where it inverts by itself or says nothing."""
        return None

    @property
    def reason(self) -> str | None:
        """The reason that it must give; None for rows that need none."""
        return None

    @property
    def explained(self) -> str:
        """What a reader is told of the fields that it is about."""
        return self.reason or ""

    @property
    def comment(self) -> str:
        """What stands above its line in generated code."""
        return ""

    @property
    def remote_key(self) -> str:
        """The key of remote code that it is about, which the native class does not know; empty for other rows."""
        return ""

    @property
    def tables(self) -> tuple[ValueTable, ...]:
        """Value tables that it names."""
        return ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Import paths of the constants that it names."""
        return ()

    @property
    def is_unpacked(self) -> bool:
        """Whether one expression holds all Megatron fields that it decides, each under its name."""
        return False

    @property
    def decides(self) -> bool:
        """Whether the fields that it names or reads have a verdict by it."""
        return True

    @property
    def bounds(self) -> bool:
        """Whether it says which values of the fields that it names or reads are valid."""
        return False

    @property
    def claims(self) -> bool:
        """Whether it says something of the computation that no field of the class shows."""
        return False

    def is_about(self, hf: HfClass) -> bool:
        """Whether it says anything of a class."""
        del hf
        return True

    def binds(self, context: Context) -> str:
        """The name that generated code binds for it before it constructs anything; empty where it binds none."""
        del context
        return ""

    def statement(self, context: Context) -> Statement | None:
        """What generated code does for it before it constructs anything."""
        del context
        return None

    def at_hand(self, context: Context, bound: frozenset[str], settled: frozenset[str]) -> frozenset[str]:
        """Names that generated code has where it evaluates the row's functions.

        Args:
            context: the class and the target.
            bound: names that statements bind before anything is suggested.
            settled: names that are bound after that.
        """
        del context, settled
        return bound | {"hf", "caller"}

    def expression(self, target: str, context: Context) -> str:
        """What generated code passes for a Megatron field that the row decides."""
        raise NotImplementedError(f"{self} decides no Megatron field {target!r}")

    def carried(self, context: Context) -> Carried | None:
        """The Hugging Face fields that it reads back."""
        del context
        return stated_inverses(self.back)

    def imports(self, context: Context) -> Iterator[Import]:
        """What its own line needs, beside what its functions do."""
        del context
        yield from ()

    def problems(self, context: Context) -> Iterator[Problem]:
        """What is wrong with it by itself."""
        del context
        yield from ()

    @cached_property
    def rules(self) -> tuple[RuleFunction, ...]:
        """The functions that generated code evaluates for it, read."""
        return tuple(map(read_function, self.rule_functions))

    @cached_property
    def functions(self) -> tuple[RuleFunction, ...]:
        """All functions that it carries, those of its inverse included."""
        stated = self.back if isinstance(self.back, tuple) else ()
        return (*self.rules, *(read_function(each.function) for each in stated))

    @cached_property
    def reads(self) -> frozenset[str]:
        """Hugging Face fields whose value it reads, declared or not."""
        named = {self.source} if self.source is not None else set[str]()
        for rule in self.rules:
            named |= rule.reads.get("hf", frozenset()) | rule.undeclared
        return frozenset(named)

    @cached_property
    def expects(self) -> Mapping[str, str]:
        """The fields that its statement reads beside the one that it names, and those of which the type matters."""
        read = ((rule, name) for rule in self.rules for name in rule.reads.get("hf", ()))
        return {name: rule.expects.get(name, "object") for rule, name in read}

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The names under which a family that includes it can replace it."""
        named = {self.source, *self.targets, *self.names}
        return frozenset(name for name in named if name)

    def fields_in_order(self) -> tuple[str, ...]:
        """The Hugging Face fields that its statement is about: what it names first, then what its functions read."""
        rest = self.reads - {self.source}
        return (*filter(None, (self.source,)), *sorted(rest))


def stated_inverses(back: Back | None) -> Carried | None:
    """The fields of an inverse that the row states."""
    if not isinstance(back, tuple) or not back:
        return None
    return Carried(tuple(each.field for each in back), tuple(call(read_function(each.function)) for each in back))


def call(rule: RuleFunction) -> str:
    """The value of a rule function: its expression where it is one, else a call of the function carried over."""
    return rule.expression if rule.expression is not None else f"{lifted_name(rule)}({', '.join(rule.parameter_names)})"


def lifted_name(rule: RuleFunction) -> str:
    """Name of a rule function in a generated module."""
    return f"_{rule.name}"


def taken(*rules: RuleFunction) -> frozenset[str]:
    """Names that functions take and that rows bind."""
    return frozenset(name for rule in rules for name in rule.parameter_names) - FIXED


FIXED: frozenset[str] = frozenset({"hf", "check", "caller", "settings", "transformer", "model", "layers"})
"""Parameters that every function may have."""


def tuple_of(values: tuple[object, ...]) -> str:
    """A tuple as source, however many values it has."""
    return f"({', '.join(map(repr, values))},)" if len(values) == 1 else repr(values)


def arguments(kind: str, *given: object) -> str:
    """A row as it is written."""
    return f"{kind}({', '.join(map(repr, given))})"
