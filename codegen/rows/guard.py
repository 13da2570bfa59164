"""A Hugging Face field is refused unless Megatron can express its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from codegen.diagnostics import Code
from codegen.functions import read_function
from codegen.literals import Function, Scalar
from codegen.rows.interface import (
    Back,
    Carried,
    Context,
    NoInverse,
    Problem,
    Role,
    Row,
    Statement,
    arguments,
    call,
    taken,
    tuple_of,
)
from codegen.text import quoted


@dataclass(frozen=True)
class Values:
    """The values that Megatron can express. An attribute that the class does not declare may be absent, too."""

    allowed: tuple[Scalar | tuple[Scalar, ...], ...]
    """A tuple stands for a list."""
    remote: bool = False
    """Whether remote code alone knows the key: the native class hard-wires the one value."""

    @property
    def in_files(self) -> tuple[object, ...]:
        """The same as a file has them."""
        return tuple(list(value) if isinstance(value, tuple) else value for value in self.allowed)


@dataclass(frozen=True)
class Restated:
    """The value of another field, of which the key is another name in some files."""

    field: str


@dataclass(frozen=True)
class Implied:
    """What a function of the config gives, of which the key is another form in some files."""

    function: Function


@dataclass(frozen=True)
class Condition:
    """A function of the config says that Megatron can express it."""

    function: Function


@dataclass(frozen=True)
class Bound:
    """The two sides differ in a constant that no config reaches; mapped with a warning inside the bound."""

    identifier: str
    applies: Function
    """Says whether the two sides differ at all for the config."""
    within: Function
    """Says whether the config is inside the bound."""


@dataclass(frozen=True)
class Length:
    """The two sides are equal up to a length of sequences; mapped with a warning, for sequences that long at most."""

    identifier: str
    function: Function
    """Gives the length in tokens, or None where they are equal at every length."""


@dataclass(frozen=True)
class LanguageModel:
    """Names of what a checkpoint is must be those of a language model."""


@dataclass(frozen=True)
class UpTo:
    """The two sides differ where a probability is not zero; mapped with a warning up to a bound.

    What is no probability (1, say) is refused as such, here and in `Same`, and need not be refused once more.
    """

    identifier: str
    most: float


@dataclass(frozen=True)
class Same:
    """Megatron has one probability for this field and another one."""

    other: str


Deviating = Bound | UpTo | Length


@dataclass(frozen=True)
class Guard(Row):
    """A field that is refused unless it passes a test; the functions below write one."""

    field: str
    test: Values | Restated | Implied | Condition | Same | Deviating | LanguageModel
    why: str
    inverse: Back | None = None
    """How the field is read back, where no other row does."""
    layers: tuple[str, ...] = ()
    """Fields of `Layers` that compute what Megatron does not: where the caller asks for layers nothing is refused, and
    nothing deviates."""

    def __str__(self) -> str:
        match self.test:
            case Values(allowed, remote):
                return arguments("hard_wired" if remote else "must_be", self.field, *allowed)
            case Restated(field):
                return arguments("restates", self.field, field)
            case Implied(function):
                return arguments("implied", self.field, function.__name__)
            case Condition(function):
                return arguments("require", self.field, function.__name__)
            case Bound(identifier):
                return arguments("deviation", identifier, self.field)
            case Length(identifier):
                return arguments("equal_up_to", identifier, self.field)
            case LanguageModel():
                return arguments("language_model", self.field)
            case UpTo(identifier, most):
                return arguments("deviation_up_to", identifier, self.field, most)
            case Same(other):
                return arguments("same_probability", self.field, other)

    @property
    def role(self) -> Role:
        return Role.DEVIATION if isinstance(self.test, Deviating) else Role.MUST_BE

    @property
    def source(self) -> str | None:
        return None if self.remote_key else self.field

    @property
    def names(self) -> tuple[str, ...]:
        return (self.test.identifier,) if isinstance(self.test, Deviating) else (self.field,)

    @property
    def unique(self) -> tuple[str, ...]:
        """Several conditions may be about one field."""
        match self.test:
            case Values() | Restated() | Implied():
                return (f"values of {self.field}",)
            case Bound(identifier) | UpTo(identifier) | Length(identifier):
                return (identifier,)
            case LanguageModel():
                return (self.field,)
            case Condition() | Same():
                return ()

    @property
    def rule_functions(self) -> tuple[Function, ...]:
        match self.test:
            case Implied(function) | Condition(function) | Length(_, function):
                return (function,)
            case Bound(_, applies, within):
                return (applies, within)
            case Values() | Restated() | UpTo() | Same() | LanguageModel():
                return ()

    @cached_property
    def reads(self) -> frozenset[str]:
        return super().reads | ({self.test.other} if isinstance(self.test, Same) else frozenset[str]())

    @cached_property
    def expects(self) -> Mapping[str, str]:
        match self.test:
            case Same(other):
                return {self.field: "float", other: "float"}
            case UpTo():
                return {self.field: "float"}
            case _:
                return super().expects

    @property
    def back(self) -> Back | None:
        return self.inverse

    @property
    def reason(self) -> str:
        return self.why

    @property
    def remote_key(self) -> str:
        remote = isinstance(self.test, Restated | Implied) or (isinstance(self.test, Values) and self.test.remote)
        return self.field if remote else ""

    @property
    def bounds(self) -> bool:
        return not self.remote_key

    def at_hand(self, context: Context, bound: frozenset[str], settled: frozenset[str]) -> frozenset[str]:
        del context, settled
        return bound | {"hf", "caller", "check"}

    def statement(self, context: Context) -> Statement:
        rules = self.rules
        return Statement(self._source(context), fields=self.fields_in_order(), takes=taken(*rules))

    def fields_in_order(self) -> tuple[str, ...]:
        """The field itself first: it decides the place among the checks."""
        return (self.field, *sorted(self.reads - {self.field}))

    def _source(self, context: Context) -> str:
        name, why = repr(self.field), quoted(self.why)
        lifted = f", layers={tuple_of(self.layers)}" if self.layers else ""
        match self.test:
            case Values(_, remote) if remote or not context.declares(self.field):
                return f"check.if_set({name}, {tuple_of(self.test.in_files)}, {why}{lifted})"
            case Values():
                allowed = tuple_of(self.test.in_files)
                return f"check.must_be({name}, {context.read(self.field)}, {allowed}, {why}{lifted})"
            case Restated(field):
                stored = context.hf.attribute_map.get(field, field)
                return f"check.restates({name}, {stored!r}, {why})"
            case Implied(function):
                return f"check.implied({name}, {call(read_function(function))}, {why})"
            case Condition(function):
                condition = call(read_function(function))
                return f"check.require({condition}, {name}, {context.read(self.field)}, {why}{lifted})"
            case Same(other):
                value, same = context.read(self.field), context.read(other)
                return f"check.require({value} == {same} or max({value}, {same}) >= 1, {name}, {value}, {why})"
            case Bound(identifier, applies, within):
                conditions = f"applies={call(read_function(applies))}, within={call(read_function(within))}"
                place = f"field={name}, value={context.read(self.field)}"
                return f"check.deviation({identifier!r}, {conditions}, {place}, reason={why}{lifted})"
            case Length(identifier, function):
                length = call(read_function(function))
                return f"check.equal_up_to({identifier!r}, {length}, field={name}, reason={why}{lifted})"
            case LanguageModel():
                return f"check.architectures({context.read(self.field)}, {why})"
            case UpTo(identifier, most):
                value = context.read(self.field)
                conditions = f"applies={value} != 0, within={value} <= {most!r} or {value} >= 1"
                return (
                    f"check.deviation({identifier!r}, {conditions}, field={name}, value={value}, reason={why}{lifted})"
                )

    def carried(self, context: Context) -> Carried | None:
        match self.test:
            case Values((only,), remote=False) if self.field in context.hf.declared_fields and not self.layers:
                return Carried((self.field,), (repr(only),))
            case _:
                return super().carried(context)

    def problems(self, context: Context) -> Iterator[Problem]:
        if self.remote_key and context.hf.has(self.field):
            message = f"called a key of remote code only, but {context.hf.name} knows {self.field!r}"
            yield Code.FALSE_CLAIM, message
        if isinstance(self.test, Restated) and not context.hf.has(self.test.field):
            yield Code.STALE_ROW, f"{context.hf.name} has no field {self.test.field!r}"


def must_be(field: str, allowed: tuple[Scalar, ...], why: str) -> Guard:
    """Megatron can express only these values. An attribute that the class does not declare may be absent, too."""
    return Guard(field, Values(allowed), why)


def require(field: str, function: Function, why: str, inverse: Back | None = None) -> Guard:
    """The field is refused unless a function of the config says that Megatron can express it."""
    return Guard(field, Condition(function), why, inverse)


def hard_wired(key: str, constant: Scalar | tuple[Scalar, ...], why: str, *, also: tuple[Scalar, ...] = ()) -> Guard:
    """A key that remote code knows, and that the native class hard-wires to one value.

    Args:
        key: as files have it.
        constant: the value.
        why: what the class computes.
        also: what else files say and mean the same by.
    """
    return Guard(key, Values((constant, *also), remote=True), why)


def restates(key: str, field: str, why: str) -> Guard:
    """A key that is a field of the class under another name: both must say the same.

    A file that has the key alone is read as if it had the field.
    """
    return Guard(key, Restated(field), why)


def implied(key: str, function: Function, why: str) -> Guard:
    """A key of remote code that says in another form what fields of the class say: both must say the same.

    Args:
        key: as files have it.
        function: gives what it must be.
        why: what the class reads, and what the key means.
    """
    return Guard(key, Implied(function), why)


def language_model(field: str, why: str) -> Guard:
    """The field names classes, of which none may be known as another head than that of a language model."""
    return Guard(field, LanguageModel(), why, NoInverse("a Megatron model says nothing of the class of its checkpoint"))


def deviation(identifier: str, field: str, applies: Function, within: Function, why: str) -> Guard:
    """The two sides differ in a constant that no config reaches; mapped with a warning inside the bound.

    Args:
        identifier: its name, for the warning and the provenance.
        field: what bounds it.
        applies: says whether the two sides differ at all for the config.
        within: says whether the config is inside the bound.
        why: how they differ, and what published checkpoints have.
    """
    return Guard(field, Bound(identifier, applies, within), why)


def deviation_up_to(identifier: str, field: str, most: float, why: str) -> Guard:
    """As `deviation`, of a probability: without it the two sides are equal, and it was looked at up to `most`."""
    return Guard(field, UpTo(identifier, most), why)


def equal_up_to(identifier: str, field: str, length: Function, why: str, inverse: Back | None = None) -> Guard:
    """The two sides are equal up to a length of sequences, to which `seq_length` is held.

    What the field says beyond that, no Megatron config carries: it comes back from a base or from the provenance.

    Args:
        identifier: its name, for the warning and the provenance.
        field: what Megatron does not compute.
        length: gives the length in tokens, or None where they are equal at every length.
        why: how they differ beyond it.
        inverse: how a model goes back of which nobody knows more: to what Megatron computes.
    """
    return Guard(field, Length(identifier, length), why, inverse)


def same_probability(field: str, other: str, why: str, inverse: Back) -> Guard:
    """The field is refused unless it equals another one, for both of which Megatron has one probability."""
    return Guard(field, Same(other), why, inverse)
