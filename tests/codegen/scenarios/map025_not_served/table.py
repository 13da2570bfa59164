"""Parts that hold for one kind of target alone, in families that have the other too; included ones are told as well."""

from __future__ import annotations

from codegen.table import Absence, Constant, Ignored, Kind, Part
from tests.codegen.scenarios.toys import HYBRID, TARGET, architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot((hf("cache", "bool"),), inner=(megatron("window"),), hybrid=())
OWNERS = (architecture(Absence("window", 0)),)
WINDOW = Part(rows=(Constant("window", 4, "The class has one."),), hybrid=None)
"""A window, which a hybrid has not."""
WINDOWED = Part(rows=(Ignored("cache", Kind.INFERENCE, "generation only"),), includes=(WINDOW,))
"""Serves whatever the window does."""
RECURRENT = Part(rows=(Ignored("cache", Kind.INFERENCE, "generation only"),), gpt=None)
"""What only a hybrid has."""
FAMILIES = (
    family(parts=(WINDOWED,), targets=(TARGET, HYBRID)),
    family(parts=(RECURRENT,), targets=(TARGET,), name="toy_gpt"),
    # Each serves these.
    family(parts=(WINDOWED,), name="toy_windowed"),
    family(parts=(RECURRENT,), targets=(HYBRID,), name="toy_recurrent"),
)
