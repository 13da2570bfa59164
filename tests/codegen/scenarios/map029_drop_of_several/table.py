"""What replaces rows of two parts, where one was meant; said of one part alone, it is in order."""

from __future__ import annotations

from codegen.table import Absence, Part, Rename, positive
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot((hf("hidden_size"), hf("width")), inner=(megatron("hidden_size"), megatron("width")))
OWNERS = (architecture(Absence("hidden_size", 0), Absence("width", 0)),)
SIZES = Part(rows=(Rename("hidden_size", "hidden_size"), Rename("width", "width")))
DOMAINS = Part(rows=(*positive("hidden_size"), *positive("width")))
FAMILY = family(
    (Rename("hidden_size", "width"), Rename("width", "hidden_size")),
    parts=(Part(includes=(SIZES,), replaces=("width",)), DOMAINS),
    replaces=("hidden_size",),
)
