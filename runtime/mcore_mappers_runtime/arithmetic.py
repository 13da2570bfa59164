"""The whole numbers that a shell makes of `$((HIDDEN * 4))`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

_OPERATORS: Final[Mapping[type[ast.operator], Callable[[int, int], int]]] = {
    ast.Add: int.__add__,
    ast.Sub: int.__sub__,
    ast.Mult: int.__mul__,
    # Of numbers that are not negative; shells round others towards zero.
    ast.Div: int.__floordiv__,
    ast.Mod: int.__mod__,
}

_LONGEST: Final = 200
"""Characters of what somebody would write."""


def calculated(text: str) -> int | None:
    """The value of sums and products of whole numbers that are not negative; None for anything else."""
    if len(text) > _LONGEST:
        return None
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (ValueError, SyntaxError, ZeroDivisionError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.BinOp(left, operation, right) if type(operation) in _OPERATORS:
            value = _OPERATORS[type(operation)](_value(left), _value(right))
            if value >= 0:
                return value
            raise ValueError
        case _:
            raise ValueError
