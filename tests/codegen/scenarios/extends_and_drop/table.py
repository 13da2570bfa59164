"""Inherited rows, less those that a family drops by any name they go by, then its own; shared ones stand once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    DECIDE,
    Absence,
    Constant,
    Deviation,
    HardWired,
    Ignored,
    Kind,
    Local,
    MustBe,
    NoInverse,
    Rename,
    Rows,
    positive,
)
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def half(hf: ToyConfig) -> int:
    return hf.hidden_size // 2


def deviates(hf: ToyConfig) -> bool:
    return hf.hidden_size > 2


SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("layers"), hf("cache", "bool", read_in=())),
    inner=(megatron("hidden_size"), megatron("layers"), megatron("window", "int | None")),
)
OWNERS = (architecture(*(Absence(name, DECIDE) for name in ("layers", "hidden_size", "window"))),)
BASE = Rows(
    "tests.codegen.scenarios.base",
    (Rename("hidden_size", "hidden_size"), *positive("hidden_size"), Ignored("cache", Kind.INFERENCE, "inherited")),
)
DEEP = Rows(
    "tests.codegen.scenarios.deep",
    (
        Rename("layers", "layers"),
        *positive("layers"),
        Constant("window", None, "Dropped by the name of Megatron's field."),
        HardWired("remote_key", 1, "dropped by the key"),
        Local("half", half, NoInverse("dropped by the name of the local")),
        Deviation("toy_deviation", "hidden_size", deviates, deviates, "dropped by its id"),
    ),
    extends=(BASE,),
)
FAMILY = family(
    Rows(
        __name__,
        (
            Constant("window", 4, "The window of the class."),
            MustBe("layers", (2, 4), "the toys come in two depths"),
            Ignored("cache", Kind.DEAD, "nobody reads it"),
            Rename("layers", "layers"),
        ),
        extends=(BASE, DEEP),
        drop=("window", "remote_key", "half", "toy_deviation", "cache", "layers"),
    )
)
