"""GLM-4.7-Flash."""

from __future__ import annotations

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import LATENT, OPTIONAL_QUERY_LATENT, ROPE_INTERLEAVE, V_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import REMOTE_ROUTER, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.glm4_moe_lite.configuration_glm4_moe_lite.Glm4MoeLiteConfig",
    covers="GLM-4.7-Flash.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        LISTED_EXPERTS,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        BALANCED_BY_BIAS,
        V_HEAD_DIM,
        ROPE_INTERLEAVE,
        ROUTED_EXPERTS,
        REMOTE_ROUTER,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    older=(ROUTER_LOGITS_UNDECLARED, GROUPS_AT_ZERO),
)
