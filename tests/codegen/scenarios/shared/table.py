"""Families that share a part: what it refuses and leaves unread stands once, and one that differs says it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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
    must_be,
    positive,
    probability,
    require,
)
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested, unknown

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_kinds import dense_first


class HeadsConfig(Protocol):
    """What a part expects of a config."""

    width: int
    heads: int | None
    epsilon: float


def heads_fit(hf: HeadsConfig) -> bool:
    return not hf.heads or hf.width % hf.heads == 0


def layers(hf: HeadsConfig, check: Check) -> list[int]:
    return dense_first(hf.width, check.undeclared_layers("layers"))


def is_long(layers: list[int]) -> bool:
    return len(layers) > 1


def is_rounded(hf: HeadsConfig) -> bool:
    return round(hf.epsilon, 6) != hf.epsilon


def is_small(hf: HeadsConfig) -> bool:
    return hf.epsilon < 1e-5


SNAPSHOT = snapshot(
    (
        hf("width"),
        hf("heads", "int | None"),
        hf("epsilon", "float"),
        hf("dropout", "float"),
        hf("bias", "bool"),
        hf("cache", "bool"),
        hf("token"),
        unknown("layers"),
        unknown("labels"),
    ),
    inner=(
        megatron("width"),
        megatron("heads"),
        megatron("window"),
        megatron("epsilon", "float", 1e-5),
        megatron("dropout", "float", 0.1),
    ),
)
OWNERS = (
    architecture(
        Absence("width", DECIDE), Absence("heads", DECIDE), Absence("window", DECIDE), Absence("epsilon", 1e-5)
    ),
    suggested("dropout"),
)
TOKENS = Part(
    rows=(
        Ignored("cache", Kind.INFERENCE, "generation only"),
        Ignored("token", Kind.INFERENCE, "generation only"),
        Ignored("labels", Kind.INFERENCE, "belongs to classification heads; the class does not declare it"),
    )
)
"""Nothing to refuse."""
HEADS = Part(
    includes=(TOKENS,),
    rows=(
        Rename("width", "width"),
        Rename("heads", "heads", required=True),
        Rename("epsilon", "epsilon"),
        Rename("dropout", "dropout"),
        Constant("window", 4, "What a part says of a line is said where the part is."),
        Local("layers", layers, NoInverse("Hugging Face does not say")),
        require("heads", heads_fit, "must divide width: every head is as wide"),
        require("layers", is_long, "must be above one"),
        must_be("bias", (False,), "Megatron has no such bias"),
        deviation("toy_rounding", "epsilon", is_rounded, is_small, "Megatron rounds it"),
        *positive("width", "heads", "epsilon", "layers"),
        *probability("dropout"),
    ),
)
"""Attention with heads."""
FAMILIES = (
    family(parts=(HEADS,)),
    family((must_be("heads", (2, 4), "this one comes in two widths"),), parts=(HEADS,), name="toy_more"),
    # Without one of the guards the others are the family's own to say; so it is with what is not read.
    family(
        (must_be("bias", (True,), "this one has it"), must_be("cache", (True,), "this one cannot do without")),
        parts=(HEADS,),
        replaces=("bias", "cache"),
        name="toy_other",
    ),
)
SHOWS = ("toy.py", "toy_more.py", "toy_other.py", "_parts/__init__.py", "_parts/shared.py")
