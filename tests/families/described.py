"""Building blocks of proofs of classes whose models transformers does not have: what nothing reads is not refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.families.proof import Refused
from tests.families.ropes import ROPE_REFUSED
from tests.families.shared import GENERAL

_UNREAD: Final = frozenset({"is_causal", "rope_theta", "partial_rotary_factor", "original_max_position_embeddings"})
"""What shared code of transformers reads beside the fields of a class."""

GENERAL_DESCRIBED: Sequence[Refused] = tuple(row for row in GENERAL if row.field not in _UNREAD)
ROPE_DESCRIBED: Sequence[Refused] = tuple(row for row in ROPE_REFUSED if row.field not in _UNREAD)
