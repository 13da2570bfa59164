"""Numbers that reach Megatron without a word on which are valid; flags, strings and guarded numbers need none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Local, NoInverse, Rename, must_be, probability, require
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def sum_of_sizes(hf: ToyConfig, half: float) -> float:
    return hf.hidden_size + hf.guarded + half


def half(hf: ToyConfig) -> float:
    return hf.through_a_local / 2


def is_even(hf: ToyConfig) -> bool:
    return hf.guarded % 2 == 0


SNAPSHOT = snapshot(
    (
        hf("hidden_size"),
        hf("epsilon", "float | None"),
        hf("through_a_local", "float"),
        hf("guarded"),
        hf("dropout", "float"),
        hf("fixed", "int"),
        hf("flag", "bool"),
        hf("kind", "str"),
    ),
    inner=tuple(megatron(name, "float | None | bool | str") for name in ("size", "epsilon", "dropout", "flag", "kind")),
)
OWNERS = (architecture(*(Absence(name, 0) for name in ("size", "epsilon", "dropout", "flag", "kind"))),)
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Local("half", half, NO_BACK),
        Computed("size", sum_of_sizes, "All of it.", NO_BACK),
        Rename("epsilon", "epsilon"),
        Rename("dropout", "dropout"),
        Rename("flag", "flag"),
        Rename("kind", "kind"),
        must_be("fixed", (1,), "the toys have one"),
        require("guarded", is_even, "must be even"),
        *probability("dropout"),
    )
)
