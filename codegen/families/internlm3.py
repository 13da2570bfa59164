"""InternLM3 8B."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES_TOGETHER
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Since

FAMILY = Family(
    config="transformers.models.internlm3.configuration_internlm3.InternLM3Config",
    covers="InternLM3 8B.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES_TOGETHER, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    since=Since("5.23.0", "There was no such class."),
)
