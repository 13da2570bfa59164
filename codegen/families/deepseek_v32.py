"""DeepSeek-V3.2."""

from __future__ import annotations

from codegen.families.decoder import DECODER, KERNELS_OF_LATENT_EXPERTS
from codegen.families.experts import (
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    GROUPED_ROUTER,
    ROUTED_EXPERTS,
)
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.sparse import SPARSE
from codegen.families.targets import GPT_MLA
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, SPARSE, LISTED_EXPERTS, GROUPED_ROUTER, COUNTED_SHARED_EXPERTS),
        *(BALANCED_BY_BIAS, KERNELS_OF_LATENT_EXPERTS),
    ),
    rows=(*ROUTED_EXPERTS,),
)

DEEPSEEK_V32 = Family(
    name="deepseek_v32",
    config_class="transformers.models.deepseek_v32.configuration_deepseek_v32.DeepseekV32Config",
    target=GPT_MLA,
    table=TABLE,
    covers="DeepSeek-V3.2.",
)
