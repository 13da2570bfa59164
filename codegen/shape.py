"""Whether values of a table have the types that its vocabulary declares.

A type checker sees that before the generator does, where somebody runs one.
"""

from __future__ import annotations

import dataclasses
import types
import typing
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal, Union, cast

Step = str | int
"""A field, or a position in a sequence."""


@dataclasses.dataclass(frozen=True)
class Misfit:
    """A value that is not what it should be."""

    where: tuple[Step, ...]
    """The way to it."""
    what: str

    def __str__(self) -> str:
        way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.where)
        return f"{way.removeprefix('.')}: {self.what}" if way else self.what


def misfits(value: object, expected: object, seen: set[int], where: tuple[Step, ...] = ()) -> Iterator[Misfit]:
    """Everything in a value that does not have its declared type, and texts that no source file can hold.

    Args:
        value: of the table.
        expected: its type.
        seen: identities of what was looked at, which others share with it, and which this adds to.
        where: the way to it.
    """
    if isinstance(value, str) and (character := next(filter(_is_unwritable, value), None)) is not None:
        yield Misfit(where, f"{value!r} has the character {character!r}, which no source line can have")
        return
    origin = cast(object, typing.get_origin(expected))
    arguments = cast(tuple[object, ...], typing.get_args(expected))
    if origin is Union or origin is types.UnionType:
        found = [[*misfits(value, each, seen, where)] for each in arguments]
        if all(found):
            # Of a value that has one of the types, what is wrong inside it says more.
            deeper = [one for one in found if any(len(each.where) > len(where) for each in one)]
            yield from deeper[0] if deeper else [_misfit(where, value, expected)]
    elif origin is Literal:
        if value not in arguments:
            yield _misfit(where, value, expected)
    elif origin is tuple and isinstance(value, tuple):
        entries = cast(tuple[object, ...], value)
        of_each = arguments[:1] * len(entries) if arguments[1:] == (...,) else arguments
        if len(entries) != len(of_each):
            yield _misfit(where, entries, expected)
        for position, (entry, kind) in enumerate(zip(entries, of_each, strict=False)):
            yield from misfits(entry, kind, seen, (*where, position))
    elif origin is Sequence and isinstance(value, Sequence) and not isinstance(value, str):
        for position, entry in enumerate(cast(Sequence[object], value)):
            yield from misfits(entry, arguments[0], seen, (*where, position))
    elif origin is Mapping and isinstance(value, Mapping):
        for key, entry in cast(Mapping[object, object], value).items():
            yield from misfits(key, arguments[0], seen, where)
            yield from misfits(entry, arguments[1], seen, (*where, str(key)))
    elif not _has_type(value, expected if origin is None else origin):
        yield _misfit(where, value, expected)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type) and id(value) not in seen:
        seen.add(id(value))
        hints = _hints(type(value))
        for each in dataclasses.fields(value):
            yield from misfits(cast(object, getattr(value, each.name)), hints[each.name], seen, (*where, each.name))


def _is_unwritable(character: str) -> bool:
    """Control characters, surrogates, and what some take for the end of a line."""
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _has_type(value: object, expected: object) -> bool:
    if expected is Callable:
        # The generator reads a function where it is written.
        return isinstance(value, types.FunctionType)
    if expected is Sequence:
        return isinstance(value, Sequence) and not isinstance(value, str)
    if expected is None or expected is type(None):
        return value is None
    if expected is float:
        return type(value) in (float, int)
    if expected is bool or expected is int or expected is str:
        return type(value) is expected
    return isinstance(expected, type) and isinstance(value, expected)


def _misfit(where: tuple[Step, ...], value: object, expected: object) -> Misfit:
    kind = expected.__name__ if isinstance(expected, type) else str(expected)
    for prefix in ("collections.abc.", "codegen.rows.", "codegen.", "typing."):
        kind = kind.replace(prefix, "")
    return Misfit(where, f"{value!r} is no {kind}")


@cache
def _hints(kind: type[object]) -> Mapping[str, object]:
    return cast(Mapping[str, object], typing.get_type_hints(kind))
