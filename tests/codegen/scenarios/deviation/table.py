"""Declared deviations: a condition, a bound, and an entry of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Rename, deviation
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig


def epsilons_differ(hf: ToyConfig) -> bool:
    return hf.epsilon != 1e-6


def epsilon_is_small(hf: ToyConfig) -> bool:
    return hf.epsilon <= 1e-5


def clamped(hf: ToyConfig) -> bool:
    low = min(hf.step_min, hf.epsilon)
    return low != 0


SNAPSHOT = snapshot(
    (hf("epsilon", "float"), hf("step_min", "float")),
    inner=(megatron("epsilon", "float", 1e-5),),
)
OWNERS = (architecture(Absence("epsilon", 1e-5)),)
FAMILY = family(
    (
        Rename("epsilon", "epsilon"),
        deviation("latent_eps", "epsilon", epsilons_differ, epsilon_is_small, "the class hard-wires 1e-6"),
        deviation("step_clamp", "step_min", clamped, epsilon_is_small, "Megatron does not clamp time steps"),
    )
)
SHOWS = ("toy.py", "_families.py")
