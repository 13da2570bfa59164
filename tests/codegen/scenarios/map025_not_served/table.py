"""Parts that hold for one kind of target alone, in families that have the other too; included ones are told as well.

A value that takes the settings belongs to all targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Constant, Ignored, Kind, Local, NoInverse, Part
from tests.codegen.scenarios.toys import HYBRID, TARGET, architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyTransformerFields


def depth(settings: ToyTransformerFields) -> int:
    return settings["prediction"]


def window(depth: int) -> int:
    return depth


SNAPSHOT = snapshot(
    (hf("cache", "bool"),),
    inner=(megatron("window"), megatron("prediction")),
    hybrid=(),
)
OWNERS = (architecture(Absence("window", 0)), suggested("prediction"))
WINDOW = Part(rows=(Constant("window", 4, "The class has one."),), hybrid=None)
"""A window, which a hybrid has not."""
WINDOWED = Part(rows=(Ignored("cache", Kind.INFERENCE, "generation only"),), includes=(WINDOW,))
"""Serves whatever the window does."""
RECURRENT = Part(rows=(Ignored("cache", Kind.INFERENCE, "generation only"),), gpt=None)
"""What only a hybrid has."""
SETTLED = Part(
    rows=(Ignored("cache", Kind.INFERENCE, "generation only"),),
    gpt=(),
    hybrid=(Local("depth", depth), Computed("window", window, "", NoInverse("a toy"))),
)
"""A value that takes the settings, for a hybrid alone."""
FAMILIES = (
    family(parts=(SETTLED,), targets=(TARGET, HYBRID), name="toy_settled"),
    family(parts=(WINDOWED,), targets=(TARGET, HYBRID)),
    family(parts=(RECURRENT,), targets=(TARGET,), name="toy_gpt"),
    # Each serves these.
    family(parts=(WINDOWED,), name="toy_windowed"),
    family(parts=(RECURRENT,), targets=(HYBRID,), name="toy_recurrent"),
)
