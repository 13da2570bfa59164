"""Attributes that rule functions read and nobody declares, on either side; and the two ways to read, mixed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Inverse, NoInverse, positive
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, unknown

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from tests.codegen.scenarios.toys import ToyConfig, ToyModelConfig, ToyTransformerConfig


def width(hf: ToyConfig) -> int:
    return hf.hiden_size * hf.entirely_unknown


def head_size(hf: ToyConfig) -> int:
    return hf.head_dim


def window(hf: ToyConfig, check: Check) -> int:
    return check.undeclared_size("windo") or bool(check.undeclared("hidden_size")) or hf.derived_size


def width_of(model: ToyModelConfig) -> int:
    return model.hidden_size + model.transformer.hidden_size


def head_size_of(transformer: ToyTransformerConfig) -> int:
    return transformer.head_siz


SNAPSHOT = snapshot(
    (hf("hidden_size"), unknown("head_dim"), unknown("window"), hf("derived_size", declared=False)),
    inner=(megatron("hidden_size"), megatron("head_size"), megatron("window")),
)
OWNERS = (architecture(Absence("hidden_size", 0), Absence("head_size", 0), Absence("window", 0)),)
BACK = (Inverse("hidden_size", width_of),)
FAMILY = family(
    (
        Computed("hidden_size", width, "", BACK),
        Computed("head_size", head_size, "", (Inverse("head_dim", head_size_of),)),
        Computed("window", window, "", NoInverse("hidden_size is read back by another row")),
        *positive("hidden_size", "derived_size", "window"),
    )
)
