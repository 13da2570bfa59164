"""OLMo 3."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW, QK_NORM_OVER_HEADS
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.norms import OLMO_NORMS
from codegen.parts.positions.by_layer import OWN_ROPES
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Lacks, OlderRope, Since

FAMILY = Family(
    config="transformers.models.olmo3.configuration_olmo3.Olmo3Config",
    covers="OLMo 3.",
    lacks=Lacks(
        "transformers.models.olmo3.modeling_olmo3.Olmo3DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        OWN_ROPES,
        UNDECLARED_HEAD_DIM,
        NO_ATTENTION_BIAS,
        QK_NORM_OVER_HEADS,
        OLMO_NORMS,
        GIVEN_WINDOW,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    since=Since("5.13.0", "The class had one rope for all layers, those with a window too."),
    older_rope=OlderRope(sliding="rope_theta"),
)
