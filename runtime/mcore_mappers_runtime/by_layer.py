"""What Megatron says of every layer in a list, or in a number that stands for every n-th."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast


def experts(frequency: object, layers: int) -> list[int] | None:
    """`moe_layer_freq`: 1 for a layer with experts, which are in every n-th, from the first on.

    Args:
        frequency: the value of the field.
        layers: how many layers there are.

    Returns:
        None for a value of which Megatron makes nothing, as in all functions here.
    """
    return _every_nth(frequency, range(layers), hit=1)


def windows(frequency: object, layers: int) -> list[int] | None:
    """`window_attn_skip_freq`: 1 for a layer with a window, which every n-th has not; arguments as in `experts`."""
    return [1] * layers if frequency is None else _every_nth(frequency, range(1, layers + 1), hit=0)


def linear(frequency: object, layers: int) -> list[int] | None:
    """`linear_attention_freq`: 1 for a layer with linear attention, which every n-th has not; as in `experts`."""
    return [0] * layers if frequency is None else _every_nth(frequency, range(1, layers + 1), hit=0)


def without_rope(frequency: object, layers: int) -> list[int] | None:
    """`no_rope_freq`: 1 for a layer without rope, which every n-th is; arguments as in `experts`."""
    return _every_nth(frequency, range(1, layers + 1), hit=1) if frequency else [0] * layers


def _every_nth(frequency: object, numbers: range, *, hit: int) -> list[int] | None:
    """`hit` for each layer whose number can be divided; a list is what it says."""
    if isinstance(frequency, list | tuple):
        return [int(bool(each)) for each in cast("Sequence[object]", frequency)]
    if not isinstance(frequency, int) or frequency <= 0:
        return None
    return [hit if number % frequency == 0 else 1 - hit for number in numbers]
