"""Rows about fields that belong to the caller or to Megatron, and rows of a kind that cannot decide what they name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Constant, Local, NoInverse, Rename, positive
from tests.codegen.scenarios.toys import (
    OUTER,
    TARGET,
    architecture,
    caller,
    computed_by_megatron,
    family,
    hf,
    megatron,
    snapshot,
    suggested,
)

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def sizes(hf: ToyConfig) -> dict[str, int]:
    return {"hidden_size": hf.hidden_size, "shards": 1}


def both(hf: ToyConfig) -> dict[str, int]:
    return {"dropout": hf.hidden_size, "length": hf.hidden_size}


def shards(hf: ToyConfig) -> int:
    return hf.hidden_size


SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("tp")),
    inner=(
        megatron("hidden_size"),
        megatron("tensor_parallel"),
        megatron("shards"),
        megatron("width"),
        megatron("dropout"),
    ),
    outer=(megatron("length"),),
)
OWNERS = (
    architecture(Absence("hidden_size", 0)),
    caller("tensor_parallel", "width"),
    suggested("dropout"),
    suggested("length", classes=OUTER),
    computed_by_megatron("shards"),
)
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Rename("tp", "tensor_parallel"),
        Computed("shards", shards, "One each.", NO_BACK),
        Constant("width", 1, "Not a mapper's to say."),
        Computed(("hidden_size",), sizes, "Sizes.", NO_BACK),
        Computed(("dropout", "length"), both, "Of two classes.", NO_BACK),
        Local("wrapping", shards, NO_BACK, gives=("yarn_scale",)),
        Constant("yarn_factor", 1.0, "No class declares it, so that nothing would pass it."),
        Constant("yarn_beta", None, "There is nothing to pass."),
        *positive("hidden_size", "tp"),
    ),
    targets=(replace(TARGET, attributes=("yarn_factor", "yarn_beta", "yarn_scale")),),
)
