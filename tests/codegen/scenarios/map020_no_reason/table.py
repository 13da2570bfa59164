"""A reason is required wherever something is constant, ignored, refused, suggested together, or owned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    Absence,
    Computed,
    Constant,
    Group,
    Ignored,
    Kind,
    Local,
    NoInverse,
    Owner,
    deviation,
    hard_wired,
    must_be,
    require,
)
from tests.codegen.scenarios.toys import INNER, architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from tests.codegen.scenarios.toys import ToyConfig


def fusions(hf: ToyConfig) -> dict[str, bool]:
    return {"fusion": hf.fusion}


def width(check: Check) -> int | None:
    return check.undeclared_size("width")


def is_small(hf: ToyConfig) -> bool:
    return hf.epsilon < 1


SNAPSHOT = snapshot(
    (hf("cache", "bool"), hf("epsilon", "float"), hf("fusion", "bool")),
    inner=(megatron("window"), megatron("width"), megatron("fusion", "bool", False), megatron("parallel")),
)
OWNERS = (
    architecture(Absence("window", 0), Absence("width", 0)),
    suggested("fusion"),
    Group("parallelism", INNER, Owner.CALLER, " ", ("parallel",)),
)
FAMILY = family(
    (
        Constant("window", 8, ""),
        Computed(("fusion",), fusions, "", NoInverse("Hugging Face does not say")),
        Ignored("cache", Kind.INFERENCE, " "),
        must_be("epsilon", (0.5,), ""),
        require("epsilon", is_small, "\n"),
        hard_wired("remote_key", 1, ""),
        Local("width", width, NoInverse("Hugging Face does not say"), gives=("width",), remote="width", why=" "),
        deviation("toy_epsilon", "epsilon", is_small, is_small, ""),
    )
)
