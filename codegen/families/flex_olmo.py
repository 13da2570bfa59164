"""FlexOlmo."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM_OVER_HEADS
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.norms import OLMO_NORMS
from codegen.parts.experts.olmo import OLMO_EXPERTS
from codegen.parts.experts.routers import experts_alone
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, Lacks

FAMILY = Family(
    config="transformers.models.flex_olmo.configuration_flex_olmo.FlexOlmoConfig",
    covers="FlexOlmo.",
    lacks=Lacks(
        "transformers.models.flex_olmo.modeling_flex_olmo.FlexOlmoDecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        ATTENTION_BIAS,
        QK_NORM_OVER_HEADS,
        OLMO_NORMS,
        OLMO_EXPERTS,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size",),
    rows=experts_alone("intermediate_size"),
)
