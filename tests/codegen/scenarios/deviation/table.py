"""Declared deviations: a condition, a bound (a length, for one), an entry of the registry; dropouts that must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    Absence,
    Inverse,
    Rename,
    deviation,
    deviation_up_to,
    equal_up_to,
    probability,
    same_probability,
)
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig, ToyTransformerConfig


def epsilons_differ(hf: ToyConfig) -> bool:
    return hf.epsilon != 1e-6


def epsilon_is_small(hf: ToyConfig) -> bool:
    return hf.epsilon <= 1e-5


def clamped(hf: ToyConfig) -> bool:
    low = min(hf.step_min, hf.epsilon)
    return low != 0


def chunk(hf: ToyConfig) -> int | None:
    return 8 if hf.step_min > 1 else None


def dropout_of(transformer: ToyTransformerConfig) -> float:
    return transformer.dropout


SNAPSHOT = snapshot(
    (hf("epsilon", "float"), hf("step_min", "float"), hf("mlp_dropout", "float"), hf("head_dropout", "float")),
    inner=(megatron("epsilon", "float", 1e-5), megatron("dropout", "float", 0.1)),
)
OWNERS = (architecture(Absence("epsilon", 1e-5)), suggested("dropout"))
FAMILY = family(
    (
        Rename("epsilon", "epsilon"),
        deviation("latent_eps", "epsilon", epsilons_differ, epsilon_is_small, "the class hard-wires 1e-6"),
        deviation("step_clamp", "step_min", clamped, epsilon_is_small, "Megatron does not clamp time steps"),
        equal_up_to("chunks", "step_min", chunk, "Megatron attends to all tokens"),
        Rename("mlp_dropout", "dropout"),
        deviation_up_to("dropout_places", "mlp_dropout", 0.1, "Megatron drops a part of the embedding too"),
        same_probability(
            "head_dropout",
            "mlp_dropout",
            "must equal mlp_dropout: Megatron has one dropout for both",
            inverse=(Inverse("head_dropout", dropout_of),),
        ),
        *probability("mlp_dropout", "head_dropout"),
    )
)
SHOWS = ("toy.py", "_families.py")
