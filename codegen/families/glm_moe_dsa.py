"""GLM-5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import DECODER, KERNELS_OF_LATENT_EXPERTS
from codegen.families.experts import (
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    GROUPED_ROUTER,
    REMOTE_ROUTER,
    ROUTED_EXPERTS,
)
from codegen.families.hybrid import SPARSE_EXPERTS, as_hybrid
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.sparse import SPARSE
from codegen.families.targets import GPT_MLA, HYBRID_MLA
from codegen.table import Computed, Constant, Family, Inverse, Local, NoInverse, Rows

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

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, SPARSE, LISTED_EXPERTS, GROUPED_ROUTER, COUNTED_SHARED_EXPERTS),
        *(BALANCED_BY_BIAS, KERNELS_OF_LATENT_EXPERTS),
    ),
    rows=(
        Constant("dsa_indexer_rope_interleaved", True, "The indexer rotates neighbours, as the attention itself."),
        Local("period", period, inverse=(Inverse("indexer_types", indexer_types_of),)),
        Computed("dsa_indexer_topk_freq", topk_freq, "Other layers use what an earlier one picked.", SAID_TOGETHER),
        Computed("dsa_indexer_skip_topk_offset", skip_topk_offset, "", SAID_TOGETHER),
        *ROUTED_EXPERTS,
        *REMOTE_ROUTER,
    ),
)

GLM_MOE_DSA = Family(
    name="glm_moe_dsa",
    config_class="transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig",
    target=GPT_MLA,
    table=TABLE,
    covers="GLM-5.",
    hybrid=as_hybrid(
        TABLE,
        *SPARSE_EXPERTS,
        Local("period", period_by_symbol, inverse=(Inverse("indexer_types", indexer_types_of),)),
        target=HYBRID_MLA,
    ),
)
