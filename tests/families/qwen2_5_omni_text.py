"""The language model of Qwen2.5-Omni's thinker."""

from __future__ import annotations

import dataclasses

from tests.families.proof import ABSENT
from tests.families.qwen2 import PROOF as QWEN2
from tests.families.ropes import rope
from tests.families.sections import HEAD_DIM, OTHER, ROPE, SECTIONS, SECTIONS_REFUSED

PROOF = dataclasses.replace(
    QWEN2,
    base={**QWEN2.base, "head_dim": HEAD_DIM, "tie_word_embeddings": False},
    cases={
        **QWEN2.cases,
        "head_dim_undeclared": {"head_dim": ABSENT, **rope("default", mrope_section=[3, 2, 3])},
        "other_sizes": OTHER,
        **SECTIONS,
    },
    refused=(*QWEN2.refused, *SECTIONS_REFUSED),
    rope=ROPE,
    invisible={},
)
