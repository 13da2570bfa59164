"""Fields of `Layers` that say in which layers something is, by 1 and 0."""

from __future__ import annotations

from collections.abc import Sequence


def freq_of(in_layers: Sequence[int]) -> tuple[int, ...] | None:
    """The field: None where it is in all layers, or in none, of which another field says that."""
    return None if all(in_layers) or not any(in_layers) else tuple(in_layers)


def in_layers(freq: Sequence[int] | None, num_layers: int) -> list[int]:
    """The inverse, where it is in some layers: 1 for each that has it."""
    return [1] * num_layers if freq is None else [*freq]
