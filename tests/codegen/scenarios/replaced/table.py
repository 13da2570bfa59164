"""The rows of parts, less those that a family replaces by any name they go by, then its own; what two have, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    DECIDE,
    Absence,
    Constant,
    Ignored,
    Kind,
    Local,
    NoInverse,
    Part,
    Rename,
    deviation,
    hard_wired,
    must_be,
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
BASE = Part(
    rows=(
        Rename("hidden_size", "hidden_size"),
        *positive("hidden_size"),
        Ignored("cache", Kind.INFERENCE, "of the part"),
    ),
)
DEEP = Part(
    rows=(
        Rename("layers", "layers"),
        *positive("layers"),
        Constant("window", None, "Replaced by the name of Megatron's field."),
        hard_wired("remote_key", 1, "replaced by the key"),
        Local("half", half, NoInverse("replaced by the name of the local")),
        deviation("toy_deviation", "hidden_size", deviates, deviates, "replaced by its id"),
    ),
    includes=(BASE,),
)
FAMILY = family(
    (
        Constant("window", 4, "The window of the class."),
        must_be("layers", (2, 4), "the toys come in two depths"),
        Ignored("cache", Kind.DEAD, "nobody reads it"),
        Rename("layers", "layers"),
    ),
    parts=(BASE, DEEP),
    replaces=("window", "remote_key", "half", "toy_deviation", "cache", "layers"),
)
