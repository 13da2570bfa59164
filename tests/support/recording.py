"""Which attributes of a class's objects are asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch


def recording(kind: type[Any], note: Callable[[Any, str], object]) -> AbstractContextManager[Any]:
    """Call `note` with each object of a class and each attribute that is asked of it, whether it has that or not."""
    stock: Any = kind.__getattribute__

    def get(self: Any, name: str) -> Any:
        note(self, name)
        return stock(self, name)

    return patch.object(kind, "__getattribute__", get)
