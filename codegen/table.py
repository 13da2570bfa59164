"""The vocabulary of the overrides table: what a row in `codegen/families/` can say.

Rows are facts; functions are logic. A rule function is read by the generator and never run by it. Its parameters
have fixed names: `hf` (the Hugging Face config), `check` (collects refusals, see `templates/runtime/_check.py`),
`settings` (the suggested and caller fields, after merging), `mcore` (the Megatron config, in inverses), and the names
of the family's `Local` rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

Scalar = None | bool | int | float | str
Function = Callable[..., object]


@dataclass(frozen=True)
class Symbol:
    """A constant that is an object of another package, by the import path of its defining module."""

    path: str


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
