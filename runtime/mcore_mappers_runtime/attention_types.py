"""GPT-Neo's `attention_types`: which layers attend to all positions and which to those of a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from .layer_kinds import second_of_two
from .windows import SLIDING, window_types

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

_GLOBAL, _LOCAL = "global", "local"


class _HasTypes(Protocol):
    @property
    def attention_types(self) -> object: ...


def attention_types_of(hf: _HasTypes) -> Sequence[object] | None:
    """`hf.attention_types`, which transformers declares with a bare `list`: a strict type checker rejects its read."""
    return cast("Sequence[object] | None", hf.attention_types)


def local_layers(
    check: Check, attention_types: Sequence[object] | None, attention_layers: object, num_layers: int
) -> list[int]:
    """1 for each layer with a window, 0 for each without.

    Args:
        check: takes a list of another length or with other types, and one of which the two do not say the same; the
            result is then of no use.
        attention_types: pairs of a list of types and how often that comes.
        attention_layers: the type of each layer, which the model reads; the class makes it when it is built.
        num_layers: how many there are.
    """
    types = _listed(attention_layers)
    named = [each for each in types if isinstance(each, str)]
    if len(named) != num_layers or len(types) != num_layers:
        reason = f"must name the type of each of {num_layers} layers, as many as num_layers"
        check.refuse("attention_layers", attention_layers, reason)
        return [0] * num_layers
    if _expanded(attention_types) != named:
        check.refuse("attention_types", attention_types, "must say the same as attention_layers, which the model reads")
    return second_of_two(check, "attention_layers", named, (_GLOBAL, _LOCAL), "this family")


def _listed(attention_layers: object) -> Sequence[object]:
    """The entries of a list; none of what is no list."""
    return cast("Sequence[object]", attention_layers) if isinstance(attention_layers, list | tuple) else ()


def _expanded(attention_types: Sequence[object] | None) -> list[str] | None:
    """The type of every layer, as the config class makes it; None for what are no such pairs."""
    try:
        pairs = [(list(types), range(times)) for types, times in cast("Sequence[tuple[Any, Any]]", attention_types)]
    except (TypeError, ValueError):
        return None
    return [each for types, times in pairs for _ in times for each in types]


def repeated_types(model: GPTModelConfig | HybridModelConfig) -> list[list[object]]:
    """The shortest list of types that the layers repeat, and how often."""
    types = [_LOCAL if each == SLIDING else _GLOBAL for each in window_types(model)]
    for period in range(1, len(types)):
        times, rest = divmod(len(types), period)
        if not rest and types[:period] * times == types:
            return [[types[:period], times]]
    return [[types, 1]]
