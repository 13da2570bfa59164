"""GLM-4-9B and what came before it in the same class."""

from __future__ import annotations

from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_WITHOUT_ROPE, ONE_KIND_OF_LAYER
from codegen.families.head_dim import HEAD_DIM
from codegen.families.partial_rope import INTERLEAVED_PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Constant, Family, Rename, Rows

# Megatron rejects fused rope of neighbours with older versions of TransformerEngine, so it is not suggested.
TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, INTERLEAVED_PARTIAL_ROPE, HEAD_DIM, KERNELS_WITHOUT_ROPE),
    rows=(
        ONE_KIND_OF_LAYER,
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
    ),
)

# No hybrid: HybridModel lays the angles out in halves, whatever rotary_interleaved says.
GLM = Family(
    name="glm",
    config_class="transformers.models.glm.configuration_glm.GlmConfig",
    target=GPT,
    table=TABLE,
    covers="GLM-4-9B and what came before it in the same class.",
)
