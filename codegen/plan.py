"""What will be emitted, and why: the result of resolving one family. Plain data that can be printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from codegen.functions import Import
from codegen.table import Deviation, Family, Ignored, Route, ValueTable


class Side(Enum):
    """Which upstream a field belongs to."""

    HUGGINGFACE = "Hugging Face"
    MEGATRON = "Megatron"


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
    """Empty for a bundle, which is unpacked."""
    expression: str
    comment: str


@dataclass(frozen=True)
class Carried:
    """Hugging Face fields that are read back together, because one row of the table decides all of them."""

    names: tuple[str, ...]
    expressions: tuple[str, ...]
    """Source, over `model` and `transformer`: the outer and the inner Megatron config."""


@dataclass(frozen=True)
class Plan:
    """One mapper of a family, and its way back."""

    family: Family
    route: Route
    checks: tuple[str, ...]
    """Source of the statements that refuse, in order."""
    settings: tuple[Argument, ...]
    """What is suggested for the inner class."""
    model_settings: tuple[Argument, ...]
    """What is suggested for the outer class."""
    settled: tuple[str, ...]
    """Source of the statements that read what depends on suggested values."""
    transformer: tuple[Argument, ...]
    model: tuple[Argument, ...]
    wrapped: str
    """Source of the expression that becomes the inner config; `transformer` where nothing wraps it."""
    carried: tuple[Carried, ...]
    not_carried: tuple[str, ...]
    """Declared Hugging Face fields that Megatron knows nothing of, or not in every model."""
    derived: tuple[str, ...]
    """Attributes that the config class sets by itself."""
    ignored: tuple[Ignored, ...]
    deviations: tuple[Deviation, ...]
    functions: tuple[str, ...]
    """Source of the definitions that are carried over."""
    imports: tuple[Import, ...]
    tables: tuple[ValueTable, ...]
    verdicts: tuple[Verdict, ...]
