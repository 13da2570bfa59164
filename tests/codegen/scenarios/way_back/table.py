"""How fields are read back: by their rename, by stated inverses of any row, several at once, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    DECIDE,
    Absence,
    Computed,
    Ignored,
    Inverse,
    Kind,
    NoInverse,
    Rename,
    must_be,
    positive,
    require,
)
from tests.codegen.scenarios.toys import OUTER, architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from mcore_mappers_runtime.layer_kinds import dense_first
    from tests.codegen.scenarios.toys import ToyConfig, ToyModelConfig, ToyTransformerConfig


def layer_freq(hf: ToyConfig) -> list[int]:
    return dense_first(hf.layers, hf.first_dense)


def layers_of(transformer: ToyTransformerConfig) -> int:
    return len(transformer.layer_freq)


def first_dense_of(transformer: ToyTransformerConfig) -> int:
    """A function of several statements is carried over on the way back too."""
    freq = transformer.layer_freq
    return freq.count(0)


def fits(hf: ToyConfig) -> bool:
    return hf.groups == 8 // hf.width


def groups_of(model: ToyModelConfig) -> int:
    return 8 // model.width


def fusions(hf: ToyConfig) -> dict[str, bool]:
    return {"fusion": hf.fast}


def fast_of(transformer: ToyTransformerConfig) -> bool:
    return bool(transformer.fusion)


SNAPSHOT = snapshot(
    (
        hf("width"),
        hf("layers"),
        hf("first_dense"),
        hf("groups"),
        hf("fast", "bool"),
        hf("bias", "bool"),
        hf("length"),
        hf("cache", "bool"),
        hf("late", declared=False),
    ),
    inner=(megatron("layer_freq", "list[int]", []), megatron("fusion", "bool"), megatron("length")),
    outer=(megatron("width"),),
)
OWNERS = (
    architecture(Absence("layer_freq", DECIDE)),
    architecture(Absence("width", DECIDE), classes=OUTER),
    suggested("fusion", "length"),
)
FAMILY = family(
    (
        Rename("width", "width"),
        Computed("layer_freq", layer_freq, "", (Inverse("layers", layers_of), Inverse("first_dense", first_dense_of))),
        require("groups", fits, "must fill the width", inverse=(Inverse("groups", groups_of),)),
        Computed(("fusion",), fusions, "Kernels.", (Inverse("fast", fast_of),)),
        must_be("bias", (False,), "Megatron has no such bias"),
        Rename("length", "length", inverse=NoInverse("a caller may train with another")),
        Ignored("cache", Kind.INFERENCE, "generation only"),
        Ignored("late", Kind.INFERENCE, "set by the class itself"),
        *positive("width", "layers", "first_dense", "groups", "length"),
    )
)
