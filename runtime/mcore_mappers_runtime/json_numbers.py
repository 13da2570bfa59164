"""Numbers that JSON does not have."""

from __future__ import annotations

from typing import Any


def number(value: dict[str, Any]) -> object:
    """The number that an object of transformers 5 stands for, and any other object as it is."""
    return float(value["__float__"]) if value.keys() == {"__float__"} else value
