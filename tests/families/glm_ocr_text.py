"""The language model of GLM-OCR: that of GLM-4.1V without biases, and with heads of any width."""

from __future__ import annotations

import dataclasses

from tests.families.glm4v_text import PROOF as GLM4V
from tests.families.proof import ABSENT
from tests.families.shared import NO_HEAD_DIM

_OTHER = frozenset({"another_head_dim", "no_head_dim", "broken_heads", "no_groups"})
"""Refusals of a class whose heads are as wide as the model is for each, and that may leave the groups out."""

PROOF = dataclasses.replace(
    GLM4V,
    base={**GLM4V.base, "hidden_size": 64, "head_dim": 128},
    cases={
        **{name: case for name, case in GLM4V.cases.items() if name != "groups_derived"},
        "other_sizes": {**GLM4V.cases["other_sizes"], "head_dim": ABSENT},
        "head_dim_said": {"head_dim": 128},
        "head_dim_derived": {"hidden_size": 512, "head_dim": ABSENT},
    },
    refused=(*(row for row in GLM4V.refused if row.name not in _OTHER), NO_HEAD_DIM),
)
