"""A part in a file of its own."""

from __future__ import annotations

from codegen.table import Part, Rename, positive

SHARED = Part(rows=(Rename("hidden_size", "hidden_size"), *positive("hidden_size")))
