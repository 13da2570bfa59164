"""GPT-Neo's `attention_types`: which layers attend to all positions and which to those of a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from .patterns import second_of_two
from .windows import SLIDING, window_types

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

_GLOBAL, _LOCAL = "global", "local"


def expanded(attention_types: Sequence[object] | None) -> list[str] | None:
    """The type of every layer, of pairs of a list of types and how often that comes; None for what is no such pair."""
    try:
        pairs = [(list(types), range(times)) for types, times in cast("Sequence[tuple[Any, Any]]", attention_types)]
    except (TypeError, ValueError):
        return None
    return [each for types, times in pairs for _ in times for each in types]


def local_layers(check: Check, attention_layers: object, num_layers: int) -> list[int]:
    """1 for each layer with a window, 0 for each without; a list of another length or with other types is refused."""
    if not isinstance(attention_layers, list | tuple) or len(attention_layers) != num_layers:
        check.refuse("attention_layers", attention_layers, f"must list {num_layers} layers, as many as num_layers")
        return [0] * num_layers
    types = cast("Sequence[str]", attention_layers)
    return second_of_two(check, "attention_layers", types, (_GLOBAL, _LOCAL), "this family")


def repeated_types(model: GPTModelConfig | HybridModelConfig) -> list[list[object]]:
    """The shortest list of types that the layers repeat, and how often."""
    types = [_LOCAL if each == SLIDING else _GLOBAL for each in window_types(model)]
    for period in range(1, len(types)):
        times, rest = divmod(len(types), period)
        if not rest and types[:period] * times == types:
            return [[types[:period], times]]
    return [[types, 1]]
