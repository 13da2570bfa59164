"""Multipliers of embeddings and logits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def divisor(multiplier: float) -> float:
    """The number to divide by instead: of those whose reciprocal this is, the one that is shortest to say."""
    near = 1 / multiplier if multiplier else math.inf
    return _shortest(near, lambda number: number != 0 and 1 / number == multiplier)


def over_root(multiplier: float, count: int) -> float:
    """The number whose quotient by the root of a count this is: of several, the one that is shortest to say."""
    root = math.sqrt(count)
    return _shortest(multiplier * root, lambda number: number / root == multiplier)


def _shortest(near: float, fits: Callable[[float], bool]) -> float:
    """Of a number and its two neighbours, the one that fits and is shortest to say; the number if none does."""
    candidates = (near, math.nextafter(near, 0), math.nextafter(near, math.inf))
    return min(filter(fits, candidates), key=lambda each: len(repr(each)), default=near)


def rounded(number: float, dtype: torch.dtype | None) -> float:
    """The nearest number of a dtype, as a tensor of it would hold it."""
    import torch

    return torch.tensor(number, dtype=torch.float32).to(dtype or torch.float32).item()


def under_root(scale: float | None) -> int:
    """The whole number whose root scores are divided by: the nearest, or zero where there is none."""
    return round(1 / (scale * scale)) if scale else 0
