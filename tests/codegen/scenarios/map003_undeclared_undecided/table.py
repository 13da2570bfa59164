"""Attributes that modeling code reads and the class does not declare need a row too."""

from __future__ import annotations

from codegen.table import must_be
from tests.codegen.scenarios.toys import family, snapshot, unknown

SNAPSHOT = snapshot((unknown("head_dim", "ToyAttention", "ToyRotary"), unknown("is_causal")), inner=())
OWNERS = ()
FAMILY = family((must_be("is_causal", (None, True), "Megatron's mask is causal"),))
