"""OLMo 2."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM_OVER_HEADS
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.norms import OLMO_NORMS
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Lacks, OlderRope

FAMILY = Family(
    config="transformers.models.olmo2.configuration_olmo2.Olmo2Config",
    covers="OLMo 2.",
    lacks=Lacks(
        "transformers.models.olmo2.modeling_olmo2.Olmo2DecoderLayer.post_feedforward_layernorm",
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
        ONE_KIND_OF_LAYER,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    older_rope=OlderRope(keys=dict.fromkeys(("linear", "dynamic"), ("type", "factor"))),
)
