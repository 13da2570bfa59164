"""Fields of `Layers`: what stock Megatron refuses and a layer of this project computes."""

from __future__ import annotations

from dataclasses import replace

from codegen.rows.guard import Guard
from codegen.rows.interface import Row


def layered(*rows: Row, otherwise: Guard) -> tuple[Row, ...]:
    """What a layer computes, and what is refused of a config, or deviates, where the caller does not ask for layers.

    Args:
        rows: say fields of `Layers`, as any row says one of Megatron's.
        otherwise: lets pass what gives each of them the value that means that a model does not have it. A deviation
            lets pass more, in its bound and with its warning; with layers there is neither.
    """
    return (*rows, replace(otherwise, layers=tuple(name for row in rows for name in row.targets)))
