"""Layers without positions."""

from __future__ import annotations

from collections.abc import Sequence


def no_rope_where_full(sliding: Sequence[int]) -> list[int] | None:
    """`no_rope_freq` of a model that rotates in its layers with a window alone; None where all of them have one.

    Args:
        sliding: 1 for each layer with a window, 0 for each without.
    """
    return None if all(sliding) else [1 - each for each in sliding]
