"""Renames, plain and required: a required one is read once, and under its own name from then on."""

from __future__ import annotations

from codegen.table import DECIDE, Absence, Rename, positive
from tests.codegen.scenarios.toys import OUTER, architecture, derived, family, hf, megatron, snapshot

SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("num_heads", "int | None"), hf("groups"), hf("vocab_size"), derived("head_dim", "int")),
    inner=(megatron("hidden_size"), megatron("heads"), megatron("query_groups", "int | None"), megatron("channels")),
    outer=(megatron("vocab_size"),),
)
# The order here is the order of the keywords, whatever the order of the rows.
OWNERS = (
    architecture(*(Absence(name, DECIDE) for name in ("channels", "heads", "query_groups", "hidden_size"))),
    architecture(Absence("vocab_size", DECIDE), classes=OUTER),
)
FAMILY = family(
    (
        Rename("hidden_size", "hidden_size"),
        Rename("num_heads", "heads", required="there is no model without it"),
        Rename("groups", "query_groups", required="never None, so that nothing is asked"),
        Rename("head_dim", "channels"),
        Rename("vocab_size", "vocab_size"),
        *positive("hidden_size", "num_heads", "groups", "vocab_size"),
    )
)
