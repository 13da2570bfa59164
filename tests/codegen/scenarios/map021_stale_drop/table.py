"""A drop that drops nothing: misspelt, gone, or about a row of the table itself."""

from __future__ import annotations

from codegen.table import Absence, Ignored, Kind, Rename, Rows, positive
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot((hf("hidden_size"), hf("cache", "bool")), inner=(megatron("hidden_size"),))
OWNERS = (architecture(Absence("hidden_size", 0)),)
SHARED = Rows(
    "tests.codegen.scenarios.shared", (Rename("hidden_size", "hidden_size"), *positive("hidden_size")), drop=("x",)
)
FAMILY = family(
    Rows(
        __name__,
        (Ignored("cache", Kind.INFERENCE, "generation only"),),
        extends=(SHARED,),
        drop=("hidden_sizes", "cache"),
    )
)
