"""A suggested field that is architecture in this family's target: no caller passes it, and the round trip reads it."""

from __future__ import annotations

import dataclasses

from codegen.table import Absence, Binding, Constant, Group, Owner, Rename, positive
from tests.codegen.scenarios.toys import INNER, TARGET, architecture, family, hf, megatron, snapshot, suggested

SNAPSHOT = snapshot(
    (hf("positions"),),
    inner=(megatron("kind", "str", "none"), megatron("length", "int", 8), megatron("dropout", "float", 0.1)),
)
OWNERS = (
    architecture(Absence("kind", "none")),
    Group(
        "positions",
        INNER,
        Owner.ARCHITECTURE,
        "The height of a table.",
        (Absence("length", 8),),
        bound=Binding("kind", "learned"),
    ),
    suggested("length", "dropout"),
)
FAMILY = family(
    (Constant("kind", "learned", "A table."), Rename("positions", "length"), *positive("positions")),
    targets=(dataclasses.replace(TARGET, bound=("length",)),),
)
SHOWS = ("toy.py", "typing.py", "_owners.py")
