"""Claims that the snapshot contradicts: dead but read, and a key of remote code that the class knows itself."""

from __future__ import annotations

from codegen.table import HardWired, Ignored, Kind, Rows
from tests.codegen.scenarios.toys import derived, family, hf, snapshot, unknown

SNAPSHOT = snapshot(
    (
        hf("one_reader"),
        hf("two_readers", read_in=("ToyAttention", "ToyModel")),
        hf("really_dead", read_in=()),
        hf("read_in_generation", read_in=("ToyForCausalLM",)),
        derived("half", "int"),
        unknown("window"),
        hf("set_later", declared=False, read_in=()),
    ),
    inner=(),
)
OWNERS = ()
FAMILY = family(
    Rows(
        __name__,
        (
            Ignored("one_reader", Kind.DEAD, "nobody reads it"),
            Ignored("two_readers", Kind.DEAD, "nobody reads it"),
            Ignored("really_dead", Kind.DEAD, "nobody reads it"),
            Ignored("read_in_generation", Kind.INFERENCE, "generation only"),
            Ignored("half", Kind.DEAD, "nobody reads it"),
            Ignored("window", Kind.DEAD, "nobody reads it"),
            Ignored("set_later", Kind.DEAD, "nobody reads it"),
            HardWired("one_reader", 1, "the class has one"),
            HardWired("window", 1, "the class has one"),
            HardWired("set_later", 1, "the class has one"),
            HardWired("remote_key", 1, "the class has one"),
        ),
    )
)
