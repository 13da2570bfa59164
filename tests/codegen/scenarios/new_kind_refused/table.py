"""What is wrong with rows of a scenario's own kind is told as of any other."""

from __future__ import annotations

from codegen.table import Absence, Rename, positive
from tests.codegen.scenarios.new_kind.table import Doubled
from tests.codegen.scenarios.toys import architecture, caller, family, hf, megatron, snapshot

SNAPSHOT = snapshot(
    (hf("width"), hf("scale", "float"), hf("free")),
    inner=(megatron("width"), megatron("scale"), megatron("shards"), megatron("free")),
)
OWNERS = (architecture(Absence("width", 0), Absence("scale", 0), Absence("free", 0)), caller("shards"))
FAMILY = family(
    (
        Doubled("width", "width"),
        Doubled("widht", "wdith"),
        Doubled("scale", "scale"),
        Doubled("free", "free"),
        Rename("width", "shards"),
        *positive("width", "scale"),
    )
)
