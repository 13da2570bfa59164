"""GLM-5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.sparse import NO_DROPOUT, SPARSE
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import REMOTE_ROUTER
from codegen.parts.files.lineages import DEEPSEEK, when_built
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    Local,
    NoInverse,
    Since,
    Unread,
    hard_wired,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.glm_moe_dsa.configuration_glm_moe_dsa import GlmMoeDsaConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.indexer import indexer_period, indexer_period_by_symbol, indexer_types


def period(hf: GlmMoeDsaConfig, check: Check) -> tuple[int, int]:
    return indexer_period(check, hf.indexer_types, hf.num_hidden_layers)


def period_by_symbol(hf: GlmMoeDsaConfig, check: Check) -> tuple[int, int]:
    return indexer_period_by_symbol(check, hf.indexer_types, hf.num_hidden_layers)


def indexer_types_of(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return indexer_types(model)


def topk_freq(period: tuple[int, int]) -> int:
    return period[0]


def skip_topk_offset(period: tuple[int, int]) -> int:
    return period[1]


SAID_TOGETHER = NoInverse("indexer_types is read back where the period is computed")

FAMILY = Family(
    config="transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig",
    covers="GLM-5.",
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
        Constant("dsa_indexer_rope_interleaved", True, "The indexer rotates pairs of neighbours, as attention does."),
        Computed("dsa_indexer_topk_freq", topk_freq, "Other layers use what an earlier one picked.", SAID_TOGETHER),
        Computed("dsa_indexer_skip_topk_offset", skip_topk_offset, "", SAID_TOGETHER),
        Unread("num_experts", "the class takes n_routed_experts from it when a config is built, and reads that"),
        hard_wired("rope_interleave", True, "attention of the class rotates pairs of neighbours"),
        hard_wired("indexer_rope_interleave", True, "the indexer of the class rotates pairs of neighbours"),
        *(
            when_built(key, "indexer_types")
            for key in ("index_topk_pattern", "index_topk_freq", "index_skip_topk_offset")
        ),
    ),
    gpt=(Local("period", period, inverse=(Inverse("indexer_types", indexer_types_of),)),),
    hybrid=(Local("period", period_by_symbol, inverse=(Inverse("indexer_types", indexer_types_of),)),),
    since=Since("5.23.0", "The class did not declare output_router_logits, which is kept for the round trip."),
)
