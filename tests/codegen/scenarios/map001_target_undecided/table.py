"""Megatron fields that the family must decide and does not: sizes, a whole feature, an undeclared attribute."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import DECIDE, Absence, Rename, positive
from tests.codegen.scenarios.toys import TARGET, architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot(
    (hf("num_experts"),),
    inner=(
        megatron("hidden_size", documented=True),
        megatron("num_experts", "int | None", None, documented=True),
        megatron("expert_width", "int | None", None, documented=True),
        megatron("window", "int | None", None),  # May stay away: nothing here turns it on.
    ),
)
OWNERS = (
    architecture(Absence("hidden_size", DECIDE), Absence("window", None)),
    architecture(Absence("num_experts", None), Absence("expert_width", None), feature="num_experts"),
)
FAMILY = family(
    (Rename("num_experts", "num_experts"), *positive("num_experts")),
    targets=(replace(TARGET, attributes=("yarn_factor",)),),
)
