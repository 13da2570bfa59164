"""Claims that the snapshot contradicts: dead but read, and a key of remote code that the class knows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Ignored, Kind, Local, NoInverse, hard_wired
from tests.codegen.scenarios.toys import architecture, derived, family, hf, megatron, snapshot, unknown

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


def rank(check: Check) -> int | None:
    return check.undeclared_size("rank")


SNAPSHOT = snapshot(
    (
        hf("one_reader"),
        hf("two_readers", read_in=("ToyAttention", "ToyModel")),
        hf("really_dead", read_in=()),
        hf("read_in_generation", read_in=("ToyForCausalLM",)),
        derived("half", "int"),
        unknown("window"),
        unknown("rank"),
        hf("set_later", declared=False, read_in=()),
    ),
    inner=(megatron("rank", "int | None", None),),
)
OWNERS = (architecture(Absence("rank", None)),)
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Ignored("one_reader", Kind.DEAD, "nobody reads it"),
        Ignored("two_readers", Kind.DEAD, "nobody reads it"),
        Ignored("really_dead", Kind.DEAD, "nobody reads it"),
        Ignored("read_in_generation", Kind.INFERENCE, "generation only"),
        Ignored("half", Kind.DEAD, "nobody reads it"),
        Ignored("window", Kind.DEAD, "nobody reads it"),
        Ignored("set_later", Kind.DEAD, "nobody reads it"),
        hard_wired("one_reader", 1, "the class has one"),
        hard_wired("window", 1, "the class has one"),
        hard_wired("set_later", 1, "the class has one"),
        hard_wired("remote_key", 1, "the class has one"),
        Local("rank", rank, NO_BACK, gives=("rank",), remote="rank", why="Remote code has it."),
    )
)
