"""When two values of a Megatron config are the same."""

from __future__ import annotations

from functools import partial
from typing import cast


def same_value(one: object, other: object) -> bool:
    """Whether two field values are equal.

    Initialisers that Megatron derives are partial functions, which are never equal by themselves: they are compared by
    function and keywords. True and 1 are different values, and so are a tuple and a list.
    """
    if isinstance(one, partial) and isinstance(other, partial):
        ours, theirs = cast("partial[object]", one), cast("partial[object]", other)
        return ours.func is theirs.func and ours.args == theirs.args and ours.keywords == theirs.keywords
    return type(one) is type(other) and one == other
