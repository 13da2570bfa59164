"""DeepSeek-V3 and R1, and what is published in their class (Kimi K2's native form among them)."""

from __future__ import annotations

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import (
    COUNTED_MTP_WITH_QUERY_LATENT,
    LATENT,
    OPTIONAL_QUERY_LATENT,
    OPTIONAL_V_HEAD_DIM,
    ROPE_INTERLEAVE,
    UNDECLARED_ROPE_DIM,
)
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.prediction import MTP_UNDECLARED
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.placed import FIRST_DENSE
from codegen.parts.experts.routers import REMOTE_ROUTER, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config",
    covers="DeepSeek-V3 and R1, and what is published in their class.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        FIRST_DENSE,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        COUNTED_MTP_WITH_QUERY_LATENT,
        BALANCED_BY_BIAS,
        OPTIONAL_V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        REMOTE_ROUTER,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    older=(ROUTER_LOGITS_UNDECLARED, MTP_UNDECLARED, GROUPS_AT_ZERO),
)
