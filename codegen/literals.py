"""What rows hold beside names: constants, tables of them, and functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Scalar = None | bool | int | float | str
Function = Callable[..., object]
"""A rule function: the generator reads its source, and never runs it."""


@dataclass(frozen=True)
class Symbol:
    """A constant that is an object of another package, by the import path of its defining module."""

    path: str


@dataclass(frozen=True)
class ValueTable:
    """A closed set of Hugging Face values and what Megatron has for each."""

    name: str
    """Name of the constant in the generated package."""
    values: Mapping[str, Scalar | Symbol]
    doc: str

    @property
    def symbols(self) -> tuple[str, ...]:
        """Import paths of the values that are symbols."""
        return tuple(value.path for value in self.values.values() if isinstance(value, Symbol))


def literal(value: Scalar | Symbol) -> str:
    """A constant as source; a symbol by its bare name, which the module imports."""
    return value.path.rpartition(".")[2] if isinstance(value, Symbol) else repr(value)


def described(value: Scalar | Symbol) -> str:
    """A constant as a reader would write it."""
    return value.path if isinstance(value, Symbol) else repr(value)
