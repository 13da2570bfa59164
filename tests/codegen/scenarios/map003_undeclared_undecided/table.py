"""Attributes that modeling code reads and the class does not declare need a row, one that knows that they are read."""

from __future__ import annotations

from codegen.table import Unread, must_be
from tests.codegen.scenarios.toys import family, snapshot, unknown

SNAPSHOT = snapshot((unknown("head_dim", "ToyAttention", "ToyRotary"), unknown("is_causal")), inner=())
OWNERS = ()
FAMILY = family(
    (
        must_be("is_causal", (None, True), "Megatron's mask is causal"),
        Unread("head_dim", "older releases of the class did not read it"),
    )
)
