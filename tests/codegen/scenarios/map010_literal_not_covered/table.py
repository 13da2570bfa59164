"""A table of values must cover every literal that the Hugging Face field can hold; an open `str` has no such list."""

from __future__ import annotations

from codegen.table import Absence, Choice, ValueTable
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

KINDS = ValueTable("KINDS", {"rope": "rope"}, "Kinds of positions.")

SNAPSHOT = snapshot(
    (hf("kind", 'Literal["yarn", "rope", "none"] | None', "rope"), hf("open_kind", "str", "rope")),
    inner=(megatron("kind", "str", ""), megatron("open_kind", "str", "")),
)
OWNERS = (architecture(Absence("kind", ""), Absence("open_kind", "")),)
FAMILY = family((Choice("kind", "kind", KINDS), Choice("open_kind", "open_kind", KINDS)))
