"""The path at which users, pickles and checkpoints find the classes of this package."""

from __future__ import annotations

from typing import Final

PUBLIC: Final = "mcore_mappers.layers"


def public[T: type](cls: T) -> T:
    """Let a class say that it is of the module that users import.

    Megatron writes classes as `__module__.__qualname__` into checkpoints. That must stay what it is wherever a class
    is defined.
    """
    cls.__module__ = PUBLIC
    return cls
