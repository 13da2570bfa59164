"""A family with two targets: what they share is one function, and each mapper hands over what is its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codegen.table import (
    DECIDE,
    Absence,
    Computed,
    Constant,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Part,
    Rename,
    must_be,
    positive,
    require,
)
from tests.codegen.scenarios.toys import (
    HYBRID,
    OUTER,
    TARGET,
    architecture,
    family,
    hf,
    megatron,
    snapshot,
    suggested,
)

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_kinds import dense_first
    from tests.codegen.scenarios.toys import ToyConfig, ToyModelConfig, ToyTransformerConfig


def halves(hf: LayersConfig) -> int:
    """A function of several statements, which both mappers call."""
    if hf.layers < 2:
        return 2
    return 2 * hf.layers


def twice(halves: int) -> int:
    return halves


def once(halves: int) -> int:
    return halves // 2


def layers_of(transformer: ToyTransformerConfig) -> int:
    return transformer.depth


def half_of(transformer: ToyTransformerConfig) -> int:
    return transformer.depth // 2


def experts(hf: ToyConfig, check: Check) -> list[int]:
    return dense_first(hf.layers, check.given("dense", hf.dense))


def inner_experts(experts: list[int]) -> int:
    return sum(experts)


def pattern(experts: list[int], halves: int) -> str:
    return "".join("*E" if each else "*-" for each in experts[:halves])


def dense_of(model: ToyModelConfig) -> int:
    return model.pattern.count("-")


class LayersConfig(Protocol):
    """What a part expects of a config."""

    layers: int


def is_even(hf: LayersConfig) -> bool:
    return hf.layers % 2 == 0


SNAPSHOT = snapshot(
    (hf("width"), hf("layers"), hf("dense"), hf("bias", "bool"), hf("cache", "bool")),
    inner=(
        megatron("depth"),
        megatron("bias", "bool", False),
        megatron("experts"),
        megatron("is_hybrid", "bool", False),
    ),
    outer=(megatron("width"), megatron("length")),
    hybrid=(megatron("width"), megatron("pattern", "str", ""), megatron("length")),
)
OWNERS = (
    architecture(Absence("depth", DECIDE), Absence("bias", False), Absence("experts", 0), Absence("is_hybrid", False)),
    architecture(Absence("width", DECIDE), classes=(*OUTER, "ToyHybridConfig")),
    architecture(Absence("pattern", DECIDE), classes=("ToyHybridConfig",)),
    suggested("length", classes=(*OUTER, "ToyHybridConfig")),
)
NO_BACK = NoInverse("a GPT does not say which of its layers have experts")
PATTERN = Part(
    rows=(Local("halves", halves), Local("experts", experts, NO_BACK)),
    gpt=(Computed("depth", once, "", (Inverse("layers", layers_of),)),),
    hybrid=(
        Computed("depth", twice, "Every layer is two.", (Inverse("layers", half_of),)),
        Computed("pattern", pattern, "", (Inverse("dense", dense_of),)),
        Constant("is_hybrid", True, "What a part says of a line is said where the part is."),
        require("layers", is_even, "must be even: only a hybrid has so many"),
        must_be("cache", (True,), "replaced by the family"),
    ),
)
"""Layers of each target's kind."""
FAMILY = family(
    (
        Rename("width", "width"),
        Rename("bias", "bias"),
        Ignored("cache", Kind.INFERENCE, "generation only"),
        *positive("width", "layers", "dense"),
    ),
    parts=(PATTERN,),
    # Only one of the targets has such a row.
    replaces=("cache",),
    targets=(TARGET, HYBRID),
    gpt=(
        Constant("length", 8, "As long as a toy is."),
        Computed("experts", inner_experts, "How many.", NO_BACK),
    ),
    hybrid=(Constant("length", 16, "Twice that."),),
)
SHOWS = ("toy.py", "typing.py", "_explained.py", "_registry.py", "_parts/two_targets.py")
