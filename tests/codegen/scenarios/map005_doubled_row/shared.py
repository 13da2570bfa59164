"""A part in a file of its own."""

from __future__ import annotations

from codegen.table import Ignored, Kind, Part, Rename, positive

SHARED = Part(
    rows=(
        Rename("hidden_size", "hidden_size", required="there is no model without it"),
        *positive("hidden_size"),
        Ignored("cache", Kind.INFERENCE, "generation only"),
    ),
)
