"""What the package says of a family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Deviation:
    """A constant in which the two models differ and that no Megatron config reaches."""

    identifier: str
    field: str
    """The Hugging Face field whose values bound it."""
    reason: str


@dataclass(frozen=True)
class Family:
    """A Hugging Face config class and what becomes of it."""

    name: str
    """The `model_type`, with `-` written `_`: the name of the mapper's module."""
    config_class: str
    """Import path."""
    covers: str
    """Which published models it is for."""
    targets: tuple[str, ...]
    """Import paths of the Megatron configs that it maps to."""
    status: Literal["mapped", "refused"]
    refusals: tuple[tuple[str, str], ...]
    """Fields of which Megatron takes only some values, each with the reason."""
    deviations: tuple[Deviation, ...]
