"""A reason is required wherever something is constant, ignored, refused, suggested together, or owned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    Absence,
    Bundle,
    Constant,
    Deviation,
    Group,
    HardWired,
    Ignored,
    Kind,
    MustBe,
    NoInverse,
    Owner,
    Require,
    Rows,
)
from tests.codegen.scenarios.toys import INNER, architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def fusions(hf: ToyConfig) -> dict[str, bool]:
    return {"fusion": hf.fusion}


def is_small(hf: ToyConfig) -> bool:
    return hf.epsilon < 1


SNAPSHOT = snapshot(
    (hf("cache", "bool"), hf("epsilon", "float"), hf("fusion", "bool")),
    inner=(megatron("window"), megatron("fusion", "bool", False), megatron("parallel")),
)
OWNERS = (
    architecture(Absence("window", 0)),
    suggested("fusion"),
    Group("parallelism", INNER, Owner.CALLER, " ", ("parallel",)),
)
FAMILY = family(
    Rows(
        __name__,
        (
            Constant("window", 8, ""),
            Bundle(("fusion",), fusions, "", NoInverse("Hugging Face does not say")),
            Ignored("cache", Kind.INFERENCE, " "),
            MustBe("epsilon", (0.5,), ""),
            Require("epsilon", is_small, "\n"),
            HardWired("remote_key", 1, ""),
            Deviation("toy_epsilon", "epsilon", is_small, is_small, ""),
        ),
    )
)
