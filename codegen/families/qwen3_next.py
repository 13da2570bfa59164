"""Qwen3-Next 80B-A3B: Gated DeltaNet in three layers of four, experts in all."""

from __future__ import annotations

from codegen.families.decoder import KERNELS_OF_EXPERTS
from codegen.families.delta_net import DELTA_NET, HYBRID_EXPERTS, IN_PATTERN_TOO
from codegen.families.experts import BALANCED_BY_LOSS, NORMALISED_IF_SAID, SOFTMAX_SCORES, STEPPED_EXPERTS
from codegen.families.hybrid import as_hybrid
from codegen.families.routers import GATED_SHARED_EXPERT, NUMBERED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Family, HardWired, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DELTA_NET, STEPPED_EXPERTS, NUMBERED_EXPERTS, GATED_SHARED_EXPERT),
        *(SOFTMAX_SCORES, NORMALISED_IF_SAID, BALANCED_BY_LOSS, KERNELS_OF_EXPERTS),
    ),
    rows=(HardWired("use_sliding_window", False, "the attention of the class has no window"),),
)

QWEN3_NEXT = Family(
    name="qwen3_next",
    config_class="transformers.models.qwen3_next.configuration_qwen3_next.Qwen3NextConfig",
    target=GPT,
    table=TABLE,
    covers="Qwen3-Next 80B-A3B.",
    hybrid=as_hybrid(TABLE, *HYBRID_EXPERTS, without=IN_PATTERN_TOO),
)
