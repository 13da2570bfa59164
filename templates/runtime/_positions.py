"""Layers without positions."""

from __future__ import annotations

from collections.abc import Sequence


def without_rope(rotated: Sequence[int]) -> list[int] | None:
    """`no_rope_freq` for a list with 1 for each layer that rotates: None where all do."""
    return None if all(rotated) else [int(not each) for each in rotated]
