"""What replaces nothing: misspelt, gone, or about a row of the family itself."""

from __future__ import annotations

from codegen.table import Absence, Ignored, Kind
from tests.codegen.scenarios.map021_stale_drop.shared import SHARED
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot((hf("hidden_size"), hf("cache", "bool")), inner=(megatron("hidden_size"),))
OWNERS = (architecture(Absence("hidden_size", 0)),)
FAMILY = family(
    (Ignored("cache", Kind.INFERENCE, "generation only"),), parts=(SHARED,), replaces=("hidden_sizes", "cache")
)
