"""The language model of Granite 4 Vision."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import MULTIPLIERS
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Ignored, Kind, Since

FAMILY = Family(
    config="transformers.models.granite4_vision.configuration_granite4_vision.Granite4VisionTextConfig",
    body="transformers.models.granite4_vision.modeling_granite4_vision.Granite4VisionTextModel",
    covers="The language model of Granite 4 Vision, whose tokens of images also enter several of its layers.",
    parts=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, BIASES, MULTIPLIERS, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        Ignored(
            "text_config",
            Kind.INFERENCE,
            "read where a composite draws parameters of its own, of whose kind none is here",
        ),
    ),
    since=Since("5.8.0", "There was no such class."),
)
