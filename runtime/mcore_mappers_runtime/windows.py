"""Sliding windows: which layers have one, and how far it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .by_layer import windows
from .hybrid import of_mixers
from .layer_kinds import second_of_two

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

FULL, SLIDING = "full_attention", "sliding_attention"


def sliding_layers(check: Check, layer_types: Sequence[str] | None, num_layers: int) -> list[int]:
    """1 for each layer with a window, 0 for each without; a list of another length or with other types is refused."""
    if layer_types is None or len(layer_types) != num_layers:
        check.refuse("layer_types", layer_types, f"must list {num_layers} layers, as many as num_hidden_layers")
        return [0] * num_layers
    return second_of_two(check, "layer_types", layer_types, (FULL, SLIDING), "this family")


def window_reach(window: int | None, sliding: Sequence[int]) -> tuple[int, int] | None:
    """`window_size`: Megatron counts the tokens before the current one; None where no layer has a window."""
    return (window - 1, 0) if window is not None and any(sliding) else None


def window_skips(sliding: Sequence[int]) -> list[int] | None:
    """`window_attn_skip_freq`: None where all layers are alike, for `window_size` says it then."""
    return [*sliding] if any(sliding) and not all(sliding) else None


def window_of(window_size: tuple[int, int] | None) -> int | None:
    """The number of tokens that a window holds, the current one included."""
    return None if window_size is None else window_size[0] + 1


def window_types(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    """The type of every layer of a decoder, which may be a hybrid model."""
    transformer = model.transformer
    number = transformer.num_layers
    each_layer = windows(transformer.window_attn_skip_freq, number) or [1] * number
    sliding = [bool(transformer.window_size and each) for each in each_layer]
    return [SLIDING if each else FULL for each in of_mixers(model, sliding)]
