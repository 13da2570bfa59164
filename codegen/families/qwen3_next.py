"""Qwen3-Next 80B-A3B: Gated DeltaNet in three layers of four, experts in all."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import (
    GATED_SHARED_EXPERT,
    NUMBERED_EXPERTS,
    SEVERAL_NORMALISED_IF_SAID,
    SOFTMAX_SCORES,
)
from codegen.parts.files.lineages import QWEN_HYBRID
from codegen.parts.recurrent.delta_net import DELTA_NET
from codegen.table import Family, hard_wired

FAMILY = Family(
    config="transformers.models.qwen3_next.configuration_qwen3_next.Qwen3NextConfig",
    covers="Qwen3-Next 80B-A3B.",
    parts=(
        DELTA_NET,
        QWEN_HYBRID,
        STEPPED_EXPERTS,
        NUMBERED_EXPERTS,
        GATED_SHARED_EXPERT,
        SOFTMAX_SCORES,
        SEVERAL_NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
    ),
    targets=(GPT, HYBRID),
    rows=(hard_wired("use_sliding_window", False, "the attention of the class has no window"),),
)
