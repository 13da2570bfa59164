"""Attributes that the class does not declare, and keys of remote code, go through the one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import DECIDE, Absence, Computed, Local, NoInverse, must_be, positive, require
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, unknown

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from tests.codegen.scenarios.toys import ToyConfig


def head_dim(check: Check) -> int | None:
    return check.undeclared_size("head_dim")


def channels(hf: ToyConfig, head_dim: int | None) -> int:
    return hf.hidden_size // 8 if head_dim is None else head_dim


def dim(check: Check) -> int | None:
    return check.undeclared_size("rotary_width")


def rotated(dim: int | None) -> int:
    return dim or 0


def late_agrees(hf: ToyConfig, check: Check) -> bool:
    return check.undeclared("late_size") == hf.hidden_size


SNAPSHOT = snapshot(
    (
        hf("hidden_size"),
        hf("late_size", declared=False),
        unknown("head_dim"),
        unknown("is_causal"),
    ),
    inner=(megatron("channels"), megatron("rotated")),
)
OWNERS = (architecture(Absence("channels", DECIDE), Absence("rotated", 0)),)
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Local("head_dim", head_dim, NO_BACK),
        Computed("channels", channels, "Checkpoints set head_dim, and the model reads it.", NO_BACK),
        require("late_size", late_agrees, "must be hidden_size"),
        must_be("is_causal", (None, True), "Megatron's mask is causal"),
        *positive("hidden_size", "head_dim"),
        Local("dim", dim, NO_BACK, remote="rotary_width", why="Remote code calls the width of what is rotated so."),
        Computed("rotated", rotated, "", NO_BACK),
    )
)
SHOWS = ("toy.py", "_registry.py")
