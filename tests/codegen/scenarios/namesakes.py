"""A rule function with the name of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def doubled(hf: ToyConfig) -> int:
    """Another body than that of the scenario's own."""
    twice = hf.hidden_size + hf.hidden_size
    return int(twice)
