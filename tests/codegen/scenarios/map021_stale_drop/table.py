"""What replaces nothing: misspelt, gone, about a row of the family itself, or of a target that it has not."""

from __future__ import annotations

from codegen.table import Absence, Constant, Ignored, Kind, Part
from tests.codegen.scenarios.map021_stale_drop.shared import SHARED
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot((hf("hidden_size"), hf("cache", "bool")), inner=(megatron("hidden_size"),))
OWNERS = (architecture(Absence("hidden_size", 0)),)
WINDOWED = Part(hybrid=(Constant("window", 4, "The hybrids of the class have one."),))
"""What a part says of another target."""
FAMILY = family(
    (Ignored("cache", Kind.INFERENCE, "generation only"),),
    parts=(SHARED, WINDOWED),
    # No target of this family has a row about the last.
    replaces=("hidden_sizes", "cache", "window"),
)
