"""Multipliers of embeddings and logits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def divisor(multiplier: float) -> float:
    """The number to divide by instead: of those whose reciprocal this is, the one that is shortest to say."""
    near = 1 / multiplier if multiplier else math.inf
    candidates = [near, math.nextafter(near, 0), math.nextafter(near, math.inf)]
    exact = [each for each in candidates if each and 1 / each == multiplier]
    return min(exact, key=lambda each: len(repr(each)), default=near)


def rounded(number: float, dtype: torch.dtype | None) -> float:
    """The nearest number of a dtype, as a tensor of it would hold it."""
    import torch

    return torch.tensor(number, dtype=torch.float32).to(dtype or torch.float32).item()


def under_root(scale: float | None) -> int:
    """The whole number whose root scores are divided by: the nearest, or zero where there is none."""
    return round(1 / (scale * scale)) if scale else 0
