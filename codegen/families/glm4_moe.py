"""GLM-4.5, 4.6 and 4.7, and their Air versions."""

from __future__ import annotations

from codegen.families.attention import UNDECLARED_HEAD_DIM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ONE_KIND_OF_LAYER
from codegen.families.experts import (
    AFTER_DENSE,
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    GROUPED_ROUTER,
    ROUTED_EXPERTS,
)
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.mtp import COUNTED_MTP
from codegen.families.partial_rope import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Constant, Family, Rename, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, PARTIAL_ROPE, UNDECLARED_HEAD_DIM, AFTER_DENSE, GROUPED_ROUTER),
        *(COUNTED_SHARED_EXPERTS, COUNTED_MTP, BALANCED_BY_BIAS, KERNELS_OF_EXPERTS),
    ),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        Rename("use_qk_norm", "qk_layernorm"),
        *ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
    ),
)

GLM4_MOE = Family(
    name="glm4_moe",
    config_class="transformers.models.glm4_moe.configuration_glm4_moe.Glm4MoeConfig",
    target=GPT,
    table=TABLE,
    covers="GLM-4.5, 4.6 and 4.7, and their Air versions.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_PARTIAL_ROPE),
)
