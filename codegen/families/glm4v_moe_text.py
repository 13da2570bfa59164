"""The language model of GLM-4.5V and 4.6V."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.placed import AFTER_DENSE
from codegen.parts.experts.routers import ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.positions.sections import SECTIONED_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Rename

FAMILY = Family(
    config="transformers.models.glm4v_moe.configuration_glm4v_moe.Glm4vMoeTextConfig",
    body="transformers.models.glm4v_moe.modeling_glm4v_moe.Glm4vMoeTextModel",
    covers="The language model of GLM-4.5V and 4.6V.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        SECTIONED_PARTIAL_ROPE,
        UNDECLARED_HEAD_DIM,
        AFTER_DENSE,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        BALANCED_BY_LOSS,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        DEEPSEEK,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
    ),
    older=(ROUTER_LOGITS_UNDECLARED, GROUPS_AT_ZERO),
)
