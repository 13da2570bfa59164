"""Rows about fields that belong to the caller or to Megatron, and a bundle of what only a row of its own may decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Bundle, Computed, Constant, NoInverse, Rename, Rows, positive
from tests.codegen.scenarios.toys import architecture, caller, computed_by_megatron, family, hf, megatron, snapshot

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def sizes(hf: ToyConfig) -> dict[str, int]:
    return {"hidden_size": hf.hidden_size, "shards": 1}


def shards(hf: ToyConfig) -> int:
    return hf.hidden_size


SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("tp")),
    inner=(megatron("hidden_size"), megatron("tensor_parallel"), megatron("shards"), megatron("width")),
)
OWNERS = (architecture(Absence("hidden_size", 0)), caller("tensor_parallel", "width"), computed_by_megatron("shards"))
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    Rows(
        __name__,
        (
            Rename("tp", "tensor_parallel"),
            Computed("shards", shards, "One each.", NO_BACK),
            Constant("width", 1, "Not a mapper's to say."),
            Bundle(("hidden_size",), sizes, "Sizes.", NO_BACK),
            *positive("hidden_size", "tp"),
        ),
    )
)
