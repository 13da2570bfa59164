"""Values that JSON does not have, as tagged names, and back.

Functions, dtypes and enum members are written as names, and names are looked up in a closed list: reading imports and
calls nothing else.
"""

from __future__ import annotations

import math
from enum import Enum
from importlib import import_module
from typing import Any, Final, cast

from .bounds import DEPTH, RECORDED
from .equal import path_of, values_of
from .registry import known

_DTYPES = ("float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2", "int8", "uint8")
_VALUES: Final = 3 * RECORDED
"""Of one field: what a mapper records for the way back, several times over."""


def encode(value: object) -> Any:
    """The value as JSON has it.

    Raises:
        TypeError: no name of the closed list stands for it.
        RecursionError: it is nested too deeply.
    """
    import torch
    from megatron.core.transformer.enums import LayerType
    from megatron.core.transformer.pipeline_parallel_layer_layout import PipelineParallelLayerLayout

    if isinstance(value, Enum):
        if isinstance(value, LayerType):
            return value.name  # which Megatron takes in layouts
        if (path := path_of(type(value))) in known().symbols.enums:
            return {"$enum": f"{path}.{value.name}"}
        if isinstance(value.value, str):
            return value.value  # which __post_init__ has made a member of, or `dump` will notice
        raise TypeError(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, PipelineParallelLayerLayout):
        return encode(values_of(value)["input_data"])
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, list):
        return [encode(item) for item in cast("list[object]", value)]
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in cast("tuple[object, ...]", value)]}
    if isinstance(value, dict):
        items = cast("dict[object, object]", value)
        if not all(isinstance(key, str) for key in items):
            return {"$items": [[encode(key), encode(item)] for key, item in items.items()]}
        encoded = {cast("str", key): encode(item) for key, item in items.items()}
        return {"$dict": encoded} if any(key.startswith("$") for key in encoded) else encoded
    if isinstance(value, torch.dtype):
        return {"$dtype": str(value).removeprefix("torch.")}
    for path in known().symbols.functions:
        if value is symbol(path):
            return {"$function": path}
    raise TypeError(value)


def decode(value: object) -> Any:
    """The value of what `encode` gave.

    Raises:
        ValueError: it names nothing in the closed list, or is too large or nested too deeply.
    """
    return _decode(value, [_VALUES], 2 * DEPTH)


def _decode(value: object, left: list[int], depth: int) -> Any:
    """The value, of as many values as are left, which are counted down, and of as many levels."""
    left[0] -= 1
    if left[0] < 0 or not depth:
        raise ValueError("too many values, or nested too deeply")
    if isinstance(value, list):
        return [_decode(item, left, depth - 1) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    items = cast("dict[object, object]", value)
    tags = [key for key in items if isinstance(key, str) and key.startswith("$")]
    if not tags:
        return {key: _decode(item, left, depth - 1) for key, item in items.items()}
    if len(items) != 1:
        raise ValueError(f"{', '.join(map(repr, tags[:3]))} stands among other keys, and is one value by itself")
    return _tagged(tags[0], items[tags[0]], left, depth - 1)


def _tagged(tag: str, inner: object, left: list[int], depth: int) -> Any:
    import torch

    match tag, inner:
        case "$float", str() if inner in ("inf", "-inf", "nan"):
            return float(inner)
        case "$tuple", list():
            return tuple(_decode(item, left, depth) for item in cast("list[object]", inner))
        case "$dict", dict():
            return {key: _decode(item, left, depth) for key, item in cast("dict[object, object]", inner).items()}
        case "$items", list() if all(_is_item(pair) for pair in cast("list[object]", inner)):
            pairs = cast("list[tuple[object, object]]", inner)
            return {_decode(key, left, depth): _decode(item, left, depth) for key, item in pairs}
        case "$dtype", str() if inner in _DTYPES:
            return getattr(torch, inner)
        case "$function", str() if inner in known().symbols.functions:
            return symbol(inner)
        case "$enum", str():
            path, _, name = inner.rpartition(".")
            if path in known().symbols.enums and name in symbol(path).__members__:
                return symbol(path)[name]
        case _:
            pass
    raise ValueError("names nothing in the closed list")


def _is_item(pair: object) -> bool:
    """Whether it is a key that a dictionary can have, and its value."""
    if not isinstance(pair, list):
        return False
    entries = cast("list[object]", pair)
    return len(entries) == 2 and not isinstance(entries[0], list | dict)


def symbol(path: str) -> Any:
    """The object of a path that is in the closed list."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)
