"""DeepSeek-V3.2."""

from __future__ import annotations

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.sparse import EXPERTS_TWICE, INDEXED_BY_NAME, NO_DROPOUT, SPARSE
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import REMOTE_ROUTER, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.table import (
    Family,
    Since,
    Unread,
    hard_wired,
)

FAMILY = Family(
    config="transformers.models.deepseek_v32.configuration_deepseek_v32.DeepseekV32Config",
    covers="DeepSeek-V3.2.",
    parts=(
        DECODER,
        SPARSE,
        LISTED_EXPERTS,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        BALANCED_BY_BIAS,
        ROUTED_EXPERTS,
        REMOTE_ROUTER,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    replaces=("attention_dropout",),
    rows=(
        *NO_DROPOUT,
        Unread("num_experts", "the class takes n_routed_experts from it when a config is built, and reads that"),
        hard_wired("rope_interleave", True, "attention of the class rotates pairs of neighbours"),
        hard_wired("indexer_rope_interleave", False, "the indexer of the class rotates the halves of a head"),
    ),
    since=Since("5.11.0", "There was no such class."),
    older=(ROUTER_LOGITS_UNDECLARED, INDEXED_BY_NAME, EXPERTS_TWICE),
)
