"""DeepSeek-V3 and R1, and what is published in their class (Kimi K2's native form among them)."""

from __future__ import annotations

from codegen.families.decoder import DECODER, KERNELS_OF_LATENT_EXPERTS, ONE_KIND_OF_LAYER, ONE_RANK
from codegen.families.experts import (
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    FIRST_DENSE,
    GROUPED_ROUTER,
    ROUTED_EXPERTS,
)
from codegen.families.hybrid import LATENT_EXPERTS, as_hybrid
from codegen.families.latent import LATENT, OPTIONAL_V_HEAD_DIM, ROPE_INTERLEAVE, UNDECLARED_ROPE_DIM
from codegen.families.mtp import COUNTED_MTP
from codegen.families.targets import GPT_MLA, HYBRID_MLA
from codegen.table import Family, HardWired, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, LATENT, FIRST_DENSE, GROUPED_ROUTER, COUNTED_SHARED_EXPERTS, COUNTED_MTP),
        *(BALANCED_BY_BIAS, KERNELS_OF_LATENT_EXPERTS),
    ),
    rows=(
        OPTIONAL_V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        *ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        HardWired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
        HardWired("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
        HardWired("moe_layer_freq", 1, "every layer after the dense ones has experts"),
    ),
)

DEEPSEEK_V3 = Family(
    name="deepseek_v3",
    config_class="transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config",
    target=GPT_MLA,
    table=TABLE,
    covers="DeepSeek-V3 and R1, and what is published in their class.",
    hybrid=as_hybrid(TABLE, *LATENT_EXPERTS, target=HYBRID_MLA),
)
