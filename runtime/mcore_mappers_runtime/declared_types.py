"""Values held against the types that Megatron's config classes declare."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, cast

_WIDER: Mapping[str, object] = {
    "position_embedding_type": Literal["learned_absolute", "rope", "mrope", "yarn", "none"],
    "rotary_base": float,
    "q_lora_rank": int | None,
}
"""What Megatron's code takes beyond the declared type: both kinds of model build the same rope, and compute with any
number as its base; queries that have no latent have no rank."""


@cache
def types_of(cls: type) -> Mapping[str, object]:
    """The type of every field of a config class, as it or a base declares it, or as Megatron's code takes it."""
    return {**typing.get_type_hints(cls), **_WIDER}


def fits(value: object, declared: object) -> bool:
    """Whether a value is of a declared type.

    An instance of a subclass is, and a whole number is a float too; but True and False are no numbers. Where a member
    of an enumeration is declared, its value may stand for it if that is a string: Megatron makes a member of it.
    """
    kind, arguments = _split(declared)
    if kind is typing.Union:
        return any(fits(value, each) for each in arguments)
    if kind is Literal:
        return any(type(value) is type(each) and value == each for each in arguments)
    if kind in (Any, object):
        return True
    if kind in (int, float):
        return isinstance(value, int | kind) and not isinstance(value, bool)
    if kind is Callable:
        return callable(value)
    if kind in (list, tuple, dict):
        return isinstance(value, kind) and _holds(value, kind, arguments)
    if issubclass(kind, Enum) and isinstance(value, str):
        return value in [member.value for member in kind]
    return isinstance(value, kind)


def _holds(value: Any, kind: type, arguments: tuple[object, ...]) -> bool:
    if not arguments:
        return True
    if kind is dict:
        keys, values = arguments
        items = cast("dict[object, object]", value).items()
        return all(fits(key, keys) and fits(item, values) for key, item in items)
    entries = cast("Sequence[object]", value)
    if kind is list or arguments[1:] == (...,):
        return all(fits(each, arguments[0]) for each in entries)
    return len(entries) == len(arguments) and all(map(fits, entries, arguments))


def described(declared: object) -> str:
    """A declared type in words."""
    kind, arguments = _split(declared)
    if kind is typing.Union:
        return " or ".join(dict.fromkeys(described(each) for each in arguments))
    if kind is Literal:
        return " or ".join(map(repr, arguments))
    if kind is Callable:
        return "a function"
    if kind is list and arguments:
        return f"a list of {described(arguments[0])}"
    if kind is tuple and arguments:
        return f"a tuple of {', '.join(map(described, arguments))}"
    if kind is NoneType:
        return "None"
    return kind.__name__ if isinstance(kind, type) else str(kind)


@cache
def _split(declared: object) -> tuple[Any, tuple[Any, ...]]:
    """The kind of a type, and what it is of."""
    origin = typing.get_origin(declared)
    if origin is UnionType:
        origin = typing.Union
    if declared is None:
        return NoneType, ()
    return (declared if origin is None else origin), typing.get_args(declared)
