"""Values as JSON has them."""

from __future__ import annotations

from typing import cast

from .bounds import DEPTH, NUMBER, RECORDED


def plain(value: object) -> object:
    """A copy of the value as JSON has it.

    Raises:
        TypeError: it is none, it is nested too deeply, or a number or the whole is too large.
    """
    return _copy(value, [RECORDED], DEPTH)


def _copy(value: object, left: list[int], depth: int) -> object:
    """A copy of as many values as are left, which are counted down, and of as many levels."""
    left[0] -= 1
    if left[0] < 0 or not depth:
        raise TypeError("too large")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        if not -NUMBER <= value <= NUMBER:
            raise TypeError("too large a number, or none")
        return value
    if isinstance(value, list | tuple):
        return [_copy(item, left, depth - 1) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value).items()
        return {str(_copy(key, left, depth - 1)): _copy(item, left, depth - 1) for key, item in entries}
    raise TypeError(f"{type(value).__qualname__} is nothing that JSON has")
