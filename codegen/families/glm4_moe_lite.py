"""GLM-4.7-Flash."""

from __future__ import annotations

from codegen.families.decoder import DECODER, KERNELS_OF_LATENT_EXPERTS, ONE_KIND_OF_LAYER, ONE_RANK
from codegen.families.experts import (
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    GROUPED_ROUTER,
    ROUTED_EXPERTS,
)
from codegen.families.hybrid import LATENT_EXPERTS, as_hybrid
from codegen.families.latent import LATENT, ROPE_INTERLEAVE, V_HEAD_DIM
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.targets import GPT_MLA, HYBRID_MLA
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, LATENT, LISTED_EXPERTS, GROUPED_ROUTER, COUNTED_SHARED_EXPERTS),
        *(BALANCED_BY_BIAS, KERNELS_OF_LATENT_EXPERTS),
    ),
    rows=(
        V_HEAD_DIM,
        ROPE_INTERLEAVE,
        *ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
    ),
)

GLM4_MOE_LITE = Family(
    name="glm4_moe_lite",
    config_class="transformers.models.glm4_moe_lite.configuration_glm4_moe_lite.Glm4MoeLiteConfig",
    target=GPT_MLA,
    table=TABLE,
    covers="GLM-4.7-Flash.",
    hybrid=as_hybrid(TABLE, *LATENT_EXPERTS, target=HYBRID_MLA),
)
