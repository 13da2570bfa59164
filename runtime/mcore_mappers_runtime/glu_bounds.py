"""Bounds of gated MLPs and experts, which Hugging Face lists by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .hybrid import by_symbol, of_mixers

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

type Bounds = tuple[float | None, ...] | None
"""For each layer its bound, None for a layer without; None where no layer has one."""


def glu_bounds(check: Check, field: str, listed: Sequence[float | None] | None, of_layers: Sequence[int]) -> Bounds:
    """The bounds of a decoder; refused where the list is too short for its layers, or has numbers below zero.

    Args:
        check: takes what cannot be represented; the result is then no bounds.
        field: where they are listed.
        listed: zero and None stand for no bound. What is listed for further layers is for none that there is.
        of_layers: 1 for each layer that has what they bound, 0 for each without.
    """
    if not listed:
        return None
    if len(listed) < len(of_layers):
        check.refuse(field, listed, f"must have an entry for each of {len(of_layers)} layers, or be None")
        return None
    if any(bound is not None and bound < 0 for bound in listed):
        check.refuse(field, listed, "must hold no number below zero: it bounds a range around zero")
        return None
    bounds = tuple(float(bound) if has and bound else None for bound, has in zip(listed, of_layers, strict=False))
    return bounds if any(bounds) else None


def bounds_by_symbol(bounds: Bounds) -> Bounds:
    """The same for the two symbols of each layer of a hybrid model; attention does not read its own."""
    doubled = by_symbol(bounds)
    return None if doubled is None else tuple(doubled)


def listed_bounds(model: GPTModelConfig | HybridModelConfig, bounds: Bounds) -> list[float | None] | None:
    """The bounds of a model, listed by layer of its decoder."""
    return None if bounds is None else of_mixers(model, bounds)
