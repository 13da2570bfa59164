"""Widths of MLPs that follow from other numbers."""

from __future__ import annotations


def two_thirds(width: int, *, times: float, multiple_of: int) -> int:
    """As wide as an MLP with a gate must be to have the weights of one without: two thirds, a factor, rounded up."""
    adjusted = int(times * int(2 * width / 3))
    return multiple_of * -(-adjusted // multiple_of)
