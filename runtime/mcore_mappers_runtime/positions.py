"""Layers without rotary embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .by_layer import without_rope
from .hybrid import of_mixers

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check


def layers_without_rope(check: Check, field: str, rope_layers: Sequence[int] | None, num_layers: int) -> list[int]:
    """1 for each layer without rope, 0 for each with it.

    Args:
        check: takes a list that is too short; a longer one is read as far as there are layers.
        field: name of the list.
        rope_layers: for each layer whether it has rope.
        num_layers: how many layers there are.
    """
    if rope_layers is None or len(rope_layers) < num_layers:
        check.refuse(field, rope_layers, f"must say for each of {num_layers} layers whether it has rope")
        return [0] * num_layers
    return [int(not has_rope) for has_rope in rope_layers[:num_layers]]


def rope_skips(without_rope: Sequence[int]) -> list[int] | None:
    """`no_rope_freq`: None where all layers have rope."""
    return [*without_rope] if any(without_rope) else None


def no_rope_where_full(sliding: Sequence[int]) -> list[int] | None:
    """`no_rope_freq` of a model that rotates in its layers with a window alone; None where all of them have one.

    Args:
        sliding: 1 for each layer with a window, 0 for each without.
    """
    return None if all(sliding) else [1 - each for each in sliding]


def layers_with_rope(model: GPTModelConfig | HybridModelConfig) -> list[int]:
    """1 for each layer of a decoder with rope, 0 for each without; it may be a hybrid model."""
    transformer = model.transformer
    skips = without_rope(transformer.no_rope_freq, transformer.num_layers) or [0] * transformer.num_layers
    return of_mixers(model, [int(not each) for each in skips])
