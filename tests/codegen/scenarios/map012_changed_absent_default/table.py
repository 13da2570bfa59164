"""Defaults that no longer say "the model does not have it", told by value, by type, and by symbol."""

from __future__ import annotations

from codegen.table import Absence, Symbol
from tests.codegen.scenarios.toys import architecture, family, megatron, snapshot

GELU = Symbol("torch.nn.functional.gelu")

SNAPSHOT = snapshot(
    (),
    inner=(
        megatron("window", "int | None", 4096),
        megatron("gate", "bool", False),
        megatron("sinks", "int", False),
        megatron("experts", "int | None", 0),
        megatron("activation", "Callable", {"$symbol": "torch.nn.functional.silu"}),
        megatron("init", "Callable", {"$symbol": "torch.nn.functional.gelu"}),
        megatron("unchanged", "float", 1.0),
    ),
)
OWNERS = (
    architecture(
        Absence("window", None),
        Absence("gate", 0),
        Absence("sinks", 0),
        Absence("experts", None),
        Absence("activation", GELU),
        Absence("init", GELU),
        Absence("unchanged", 1.0),
    ),
)
FAMILY = family()
