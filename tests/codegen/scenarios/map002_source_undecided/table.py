"""Hugging Face fields and properties that no row is about. A domain alone says nothing of what becomes of a field."""

from __future__ import annotations

from codegen.table import positive
from tests.codegen.scenarios.toys import derived, family, hf, snapshot

SNAPSHOT = snapshot(
    (
        hf("hidden_size", default=4096, documented=True),
        hf("rope_theta", "float | None", None, read_in=()),
        hf("layer_types", "list[str]", {"$required": True}, read_in=("ToyAttention", "ToyModel")),
        derived("head_dim", "int"),
    ),
    inner=(),
)
OWNERS = ()
FAMILY = family(positive("hidden_size"))
