"""Sarvam 30B."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.prediction import COUNTED_MTP
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER
from codegen.parts.experts.placed import AFTER_DENSE
from codegen.parts.files.lineages import LING_2
from codegen.parts.positions.partial import PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Rename, Since

FAMILY = Family(
    config="transformers.models.sarvam_moe.configuration_sarvam_moe.SarvamMoEConfig",
    covers="Sarvam 30B.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        PARTIAL_ROPE,
        AFTER_DENSE,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        COUNTED_MTP,
        BALANCED_BY_BIAS,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        GIVEN_HEAD_DIM,
        LING_2,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        Rename("use_qk_norm", "qk_layernorm"),
    ),
    since=Since("5.24.0", "There was no such class."),
)
