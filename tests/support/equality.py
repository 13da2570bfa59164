"""When two configs are the same: what design.md calls equal, for tests of purity, round trips and dumps."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

from megatron.core.transformer.pipeline_parallel_layer_layout import PipelineParallelLayerLayout
from megatron.core.transformer.transformer_config import MLATransformerConfig

MLA_ROPE = ("rotary_base", "rotary_percent")
"""Fields of both parts of a config with latent attention, which reads the inner ones."""


def differences(first: Any, second: Any) -> dict[str, tuple[Any, Any]]:
    """Each field in which two Megatron model configs differ, with both values; inner fields have a dotted name.

    Megatron's own `==` says False of two configs that were built from the same keywords, because each derives
    initialisers of its own. These are compared by function and keywords.
    """
    if type(first) is not type(second):
        return {"class": (type(first), type(second))}
    inner_first, inner_second = first.transformer, second.transformer
    if type(inner_first) is not type(inner_second):
        return {"transformer.class": (type(inner_first), type(inner_second))}
    found = _different_fields(first, second, skip={"transformer"} | _dead(inner_first), prefix="")
    return found | _different_fields(inner_first, inner_second, skip=set(), prefix="transformer.")


def _dead(inner: Any) -> set[str]:
    # The outer class default answers for these whatever the inner config holds, and the model does not ask it.
    return set(MLA_ROPE) if isinstance(inner, MLATransformerConfig) else set()


def _different_fields(first: Any, second: Any, skip: set[str], prefix: str) -> dict[str, tuple[Any, Any]]:
    names = [field.name for field in dataclasses.fields(first) if field.name not in skip]
    pairs = {name: (getattr(first, name), getattr(second, name)) for name in names}
    return {prefix + name: pair for name, pair in pairs.items() if comparable(pair[0]) != comparable(pair[1])}


def comparable(value: Any) -> Any:
    """`value` as something whose `==` means the same function or the same layout."""
    if isinstance(value, partial):
        return (value.func, value.args, value.keywords)
    if isinstance(value, PipelineParallelLayerLayout):
        return (value.layout, value.pipeline_model_parallel_size)
    return value
