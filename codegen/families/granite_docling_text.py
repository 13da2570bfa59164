"""The language model of Granite for Docling."""

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
from codegen.table import Family, Since

FAMILY = Family(
    config="transformers.models.granite_docling.configuration_granite_docling.GraniteDoclingTextConfig",
    body="transformers.models.granite_docling.modeling_granite_docling.GraniteDoclingTextModel",
    covers="The language model of Granite for Docling, whose tokens of images also enter its first layers.",
    parts=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, BIASES, MULTIPLIERS, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    since=Since("5.23.0", "There was no such class."),
)
