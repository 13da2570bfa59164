"""A computed row must say how it is read back, or why it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Bundle, Computed, Local, NoInverse, Rows, positive
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def half(hf: ToyConfig) -> int:
    return hf.hidden_size // 2


def fusions(half: int) -> dict[str, bool]:
    return {"fusion": half > 1}


SNAPSHOT = snapshot((hf("hidden_size"),), inner=(megatron("width"), megatron("fusion", "bool", False)))
OWNERS = (architecture(Absence("width", 0)), suggested("fusion"))
FAMILY = family(
    Rows(
        __name__,
        (
            Computed("width", half, "Half of it.", inverse=()),
            Local("half", half, NoInverse(" ")),
            Bundle(("fusion",), fusions, "Kernels.", NoInverse("")),
            *positive("hidden_size"),
        ),
    )
)
