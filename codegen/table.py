"""The vocabulary of the overrides table: what a row in `codegen/families/` can say.

Rows are facts; functions are logic. A rule function is read by the generator and never run by it. What it may use is
its parameters, builtins, `math`, and names that it imports from `mcore_mappers_runtime` (what generated modules have in
common). Its parameters have fixed names:

- `hf`: the Hugging Face config, annotated with its class, or with a protocol in rules that families share;
- `check`: collects refusals (`Check`), in functions of `Local`, `Require` and `Deviation` rows;
- `caller`: what the caller passed;
- `settings`: that of the inner class over the suggested values, for architecture fields, in functions of `Local` rows
  that only they take, and in the function of a `Wrap` row;
- `transformer`: the inner Megatron config, in inverses and in the function of a `Wrap` row;
- `model`: the outer Megatron config, in inverses;
- the names of the family's `Local` rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

Scalar = None | bool | int | float | str
Function = Callable[..., object]


@dataclass(frozen=True)
class Symbol:
    """A constant that is an object of another package, by the import path of its defining module."""

    path: str


# Owners of Megatron's fields.


class Absent(Enum):
    """Marks an architecture field that has no value meaning "absent": every family must decide it."""

    DECIDE = "decide"


DECIDE: Final = Absent.DECIDE


class Owner(Enum):
    """Who decides a Megatron field."""

    ARCHITECTURE = "architecture"
    SUGGESTED = "suggested"
    CALLER = "caller"
    DERIVED = "derived"


@dataclass(frozen=True)
class Absence:
    """An architecture field and the value that means that a model does not have the thing.

    The value must equal Megatron's own default, so that leaving the field out says the same.
    """

    field: str
    absent: Scalar | Symbol | Absent


@dataclass(frozen=True)
class Binding:
    """The models in which the fields of a group have an owner of their own: where this field has this value."""

    field: str
    value: Scalar


@dataclass(frozen=True)
class Group:
    """Fields of Megatron with one owner for one reason. Their order here is their order in generated code."""

    section: str
    """Heading for readers: "sizes", "attention", "experts", ..."""
    classes: tuple[str, ...]
    """Names of the classes that declare them (`TransformerConfig` includes `ModelParallelConfig`'s)."""
    owner: Owner
    why: str
    """True of every field in the group."""
    fields: tuple[str | Absence, ...]
    """`Absence` for architecture fields, plain names for all others."""
    feature: str = ""
    """The architecture field that turns the group on: a family that decides it must decide the whole group."""
    bound: Binding | None = None
    """Where this is given, another group owns the fields in all other models, and in targets that do not bind them."""


@dataclass(frozen=True)
class Target:
    """A pair of Megatron classes, outer model config and inner transformer config, that a family maps to."""

    name: str
    model_class: str
    """Import path of the outer class."""
    transformer_class: str
    """Import path of the inner class."""
    fields: str
    """Name of the generated `TypedDict` with the fields that a caller may pass."""
    transformer_fields: str
    """Name of the generated `TypedDict` with those of the inner class."""
    model_fields: str
    """Name of the generated `TypedDict` with those of the outer class."""
    attributes: tuple[str, ...] = ()
    """Attributes that Megatron's model code reads from the inner config and that no upstream class declares."""
    restated: tuple[str, ...] = ()
    """Architecture fields that the caller may pass too, in another form of the same value; the family's rule checks."""
    bound: tuple[str, ...] = ()
    """Fields that have the owner of a bound group here."""


# Rows about Megatron fields.


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
class Rename:
    """The Megatron field has the value of the Hugging Face field. It inverts by itself."""

    source: str
    target: str
    required: str = ""
    """Why None is refused, where Hugging Face allows it and Megatron has no None that means the same."""
    back: Back | None = None
    """How the field is read back where that is more than the value, or why it is not."""


@dataclass(frozen=True)
class Constant:
    """The Megatron field has one value for the whole family."""

    target: str
    value: Scalar | Symbol
    why: str


@dataclass(frozen=True)
class ValueTable:
    """A closed set of Hugging Face values and what Megatron has for each."""

    name: str
    """Name of the constant in the generated package."""
    values: Mapping[str, Scalar | Symbol]
    doc: str


@dataclass(frozen=True)
class Choice:
    """The Megatron field is looked up by the Hugging Face value; what is not in the table is refused."""

    source: str
    target: str
    table: ValueTable


@dataclass(frozen=True)
class Computed:
    """The Megatron field is what a function returns."""

    target: str
    function: Function
    why: str
    """Comment above the line in generated code; empty where the expression says it all."""
    inverse: Back


@dataclass(frozen=True)
class Local:
    """A value that several lines share: read once, before anything is constructed, under its own name.

    The function may refuse through `check`, unless it takes `settings`.
    """

    name: str
    function: Function
    inverse: Back | None = None
    """None where the rows that take the local say it."""
    gives: tuple[str, ...] = ()
    """Megatron fields that are attributes of the same name of the value."""


@dataclass(frozen=True)
class Bundle:
    """Suggested Megatron fields that are decided together by a function that returns a `TypedDict`."""

    targets: tuple[str, ...]
    function: Function
    why: str
    inverse: Back


@dataclass(frozen=True)
class Wrap:
    """Turns the constructed inner config into one that carries the target's undeclared attributes."""

    attributes: tuple[str, ...]
    function: Function


# Rows about Hugging Face fields.


class Domain(Enum):
    """The numbers that make sense for a field, by the name of the function that makes its row."""

    POSITIVE = "positive"
    NOT_NEGATIVE = "not_negative"
    PROBABILITY = "probability"


@dataclass(frozen=True)
class InDomain:
    """A number outside its domain is refused."""

    source: str
    domain: Domain


def positive(*sources: str) -> tuple[InDomain, ...]:
    """Sizes, counts and epsilons: finite and above zero."""
    return tuple(InDomain(source, Domain.POSITIVE) for source in sources)


def not_negative(*sources: str) -> tuple[InDomain, ...]:
    """Counts that may be none, and coefficients: finite and at least zero."""
    return tuple(InDomain(source, Domain.NOT_NEGATIVE) for source in sources)


def probability(*sources: str) -> tuple[InDomain, ...]:
    """Dropout: in [0, 1)."""
    return tuple(InDomain(source, Domain.PROBABILITY) for source in sources)


@dataclass(frozen=True)
class MustBe:
    """Megatron can express only these values. An attribute that the class does not declare may be absent, too."""

    source: str
    allowed: tuple[Scalar, ...]
    why: str


@dataclass(frozen=True)
class Require:
    """The field is refused unless a function of the config says that Megatron can express it."""

    source: str
    function: Function
    why: str
    inverse: Back | None = None
    """How the field is read back, where no other row does."""


@dataclass(frozen=True)
class HardWired:
    """A key that remote code knows, and that the native class hard-wires to one value."""

    key: str
    constant: Scalar
    why: str


@dataclass(frozen=True)
class RemoteKey:
    """A key of remote code that Megatron can express, and that neither the native class nor its modeling code knows.

    Rule functions read it as an undeclared attribute.
    """

    key: str
    why: str
    """Which code knows it, and what it means there."""


class Kind(Enum):
    """What an ignored field claims to be; each kind is tested for what it claims."""

    INFERENCE = "metadata or inference"
    INITIALISATION = "initialisation only"
    PADDING_TOKEN = "padding token"
    DEAD = "dead"


@dataclass(frozen=True)
class Ignored:
    """The field does not decide what the model computes."""

    source: str
    kind: Kind
    why: str


@dataclass(frozen=True)
class Deviation:
    """The two sides differ in a constant that no config reaches; mapped with a warning inside the bound."""

    identifier: str
    source: str
    applies: Function
    """Says whether the two sides differ at all for the config."""
    within: Function
    """Says whether the config is inside the bound."""
    why: str


Row = (
    Rename
    | Constant
    | Choice
    | Computed
    | Local
    | Bundle
    | Wrap
    | InDomain
    | MustBe
    | Require
    | HardWired
    | RemoteKey
    | Ignored
    | Deviation
)


@dataclass(frozen=True)
class Rows:
    """Rows that families share: an archetype, or a part of one."""

    module: str
    """`__name__` of the file, so that messages can say where a row stands."""
    rows: tuple[Row, ...] = ()
    extends: tuple[Rows, ...] = ()
    drop: tuple[str, ...] = ()
    """Subjects (a field of either side, a local, a deviation) whose inherited rows do not hold here."""
    tables: tuple[ValueTable, ...] = ()
    """Value tables that functions use, beside those of `Choice` rows."""


@dataclass(frozen=True)
class Route:
    """A pair of Megatron classes, and the rows that lead there."""

    target: Target
    table: Rows
    mapper: str
    """Name of the generated function."""


@dataclass(frozen=True)
class Remote:
    """A model type of remote code that computes what the class of a family does, so that it is read as that class.

    Where a type has several rows, because models of several kinds are published under it, constants tell which it is.
    """

    model_type: str
    native: str
    """The `model_type` of the family's class."""
    why: str
    """What was compared."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys that the native class has under another name."""
    dropped: tuple[str, ...] = ()
    """Keys that decide nothing, and that would mean something to the native class."""
    defaults: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    """What the remote code takes for a key that a file leaves out, where the native class takes something else."""
    constants: tuple[HardWired, ...] = ()
    """Keys that the remote code reads and the native class hard-wires, beside those of the family's own rows."""


@dataclass(frozen=True)
class Unmapped:
    """A class of causal language models that no Megatron config can be, whatever its fields hold."""

    name: str
    """The HF `model_type`, with `-` written `_`."""
    config_class: str
    """Import path from the defining module."""
    computation: str
    """Import path of what computes it upstream: a class, a function, or what a class holds (`...Layer.post_norm`).

    A refusal whose computation is gone must be looked at again.
    """
    why: str
    """What is computed there, that Megatron does not have."""
    fields: tuple[MustBe, ...] = ()
    """Fields whose other values Megatron could not express either; of a list, those of its entries."""


@dataclass(frozen=True)
class OlderRope:
    """How a class of transformers 4.57 reads its rope, where that is not as all others do."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys that it has under another name, and that name."""
    factor_inside: bool = False
    """Whether it takes `partial_rotary_factor` from inside the scaling, and only its own from beside it."""


@dataclass(frozen=True)
class Family:
    """One Hugging Face config class and the Megatron config of the same model."""

    name: str
    """The HF `model_type`, with `-` written `_`."""
    config_class: str
    """Import path from the defining module."""
    target: Target
    table: Rows
    covers: str
    """One line for readers: which published models it is for."""
    older_rope: OlderRope | None = None
    causal_lm: str = ""
    """Import path of the class that computes the model, where transformers' auto classes do not name it."""
    hybrid: Route | None = None
    """The way to a hybrid model, where `target` is none and a hybrid can be the same model."""

    @property
    def routes(self) -> tuple[Route, ...]:
        """Every target with its rows."""
        first = Route(self.target, self.table, "to_megatron")
        return (first,) if self.hybrid is None else (first, self.hybrid)
