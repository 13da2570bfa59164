"""What decides the model must be read back, or a row must say why it is not; no reason is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Local, NoInverse, must_be, positive, require
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def half(hf: ToyConfig) -> int:
    return hf.hidden_size // 2


def fusions(half: int) -> dict[str, bool]:
    return {"fusion": half > 1}


def is_even(hf: ToyConfig) -> bool:
    return hf.heads % 2 == 0


def scale(hf: ToyConfig) -> float:
    return hf.scale


def scaled(scale: float) -> float:
    return scale * 2


SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("heads"), hf("scale", "float"), hf("kind", "str")),
    inner=(megatron("width"), megatron("fusion", "bool", False), megatron("scale", "float")),
)
OWNERS = (architecture(Absence("width", 0), Absence("scale", 0)), suggested("fusion"))
FAMILY = family(
    (
        Computed("width", half, "Half of it.", inverse=()),
        Local("half", half, NoInverse(" ")),
        Computed(("fusion",), fusions, "Kernels.", NoInverse("")),
        require("heads", is_even, "must be even"),
        Local("scale", scale),
        Computed("scale", scaled, "", NoInverse("the local would say it, and does not")),
        must_be("kind", ("a", "b"), "of two values nobody knows which"),
        *positive("hidden_size", "scale"),
    )
)
