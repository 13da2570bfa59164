"""GLM-5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.sparse import INDEXED_BY_NAME, NO_DROPOUT, SPARSE
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import REMOTE_ROUTER, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK, when_built
from codegen.table import (
    Always,
    Attribute,
    Computed,
    Constant,
    Every,
    Family,
    From,
    Inverse,
    Local,
    NoInverse,
    Older,
    Otherwise,
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
    older=(
        ROUTER_LOGITS_UNDECLARED,
        Older("indexer_types", "5.6.0", Every("full"), "Every layer had an indexer."),
        *(
            Older(key, since, Always(value), "Where indexer_types is not given, that was not asked.")
            for key, since, value in (
                ("index_topk_pattern", "5.6.0", None),
                ("index_topk_freq", "5.6.0", 1),
                ("index_skip_topk_offset", "5.11.0", 2),
            )
        ),
        Older("head_dim", "5.11.0", Attribute("qk_rope_head_dim", 64), "It was another name of the width of the rope."),
        Older("mlp_bias", "5.11.0", Always(False), "No MLP had a bias."),
        Older("first_k_dense_replace", "5.11.0", Attribute("first_k_dense_replace", 3), "It was undeclared."),
        Older("layer_types", "5.11.0", Every("indexed_attention"), "There was one kind of layer."),
        INDEXED_BY_NAME,
        Otherwise("n_routed_experts", "5.13.0", "num_experts was not read", From("num_experts")),
        GROUPS_AT_ZERO,
        Otherwise("qk_rope_head_dim", "5.11.0", "attention rotates the halves of a head, and not pairs of neighbours"),
        Otherwise("index_head_dim", "5.13.0", "the indexer rotates the halves of a head, and not pairs of neighbours"),
    ),
)
