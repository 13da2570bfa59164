"""Experts of OLMoE and FlexOlmo."""

from __future__ import annotations

from typing import Final

from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS, ON_HIDDEN_STATE
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import (
    NORMALISED_IF_SAID,
    SOFTMAX_SCORES,
    CountedExpertsConfig,
)
from codegen.table import Part, Rename, positive, require


def enough_experts(hf: CountedExpertsConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


OLMO_EXPERTS: Final = Part(
    includes=(
        *(ALL_EXPERTS, ON_HIDDEN_STATE, NO_SHARED_EXPERTS),
        *(SOFTMAX_SCORES, NORMALISED_IF_SAID, BALANCED_BY_LOSS),
    ),
    rows=(
        Rename("num_experts", "num_moe_experts"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        *positive("num_experts", "num_experts_per_tok"),
        require("num_experts_per_tok", enough_experts, "must be at most num_experts"),
    ),
)
"""Experts in every layer."""
