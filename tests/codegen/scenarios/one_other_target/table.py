"""A family that has no other target than a hybrid: whatever kind it is, `to_megatron` gives the first."""

from __future__ import annotations

from codegen.table import DECIDE, Absence, Constant, Part, Rename, positive
from tests.codegen.scenarios.toys import HYBRID, architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot(
    (hf("width"),),
    inner=(megatron("width"), megatron("is_hybrid", "bool", False)),
    hybrid=(megatron("pattern", "str"),),
)
OWNERS = (
    architecture(Absence("width", DECIDE), Absence("is_hybrid", False)),
    architecture(Absence("pattern", DECIDE), classes=("ToyHybridConfig",)),
)
RECURRENT = Part(
    gpt=None,
    hybrid=(Constant("pattern", "M", "One layer."), Constant("is_hybrid", True, "Where there is a pattern.")),
)
"""What only a hybrid has."""
FAMILY = family((Rename("width", "width"), *positive("width")), parts=(RECURRENT,), targets=(HYBRID,))
SHOWS = ("toy.py", "_dispatch.py")
