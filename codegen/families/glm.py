"""GLM-4-9B and what came before it in the same class."""

from __future__ import annotations

from codegen.megatron.targets import GPT
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.partial import INTERLEAVED_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Rename

FAMILY = Family(
    config="transformers.models.glm.configuration_glm.GlmConfig",
    covers="GLM-4-9B and what came before it in the same class.",
    parts=(DECODER, GROUPED_QUERY, INTERLEAVED_PARTIAL_ROPE, HEAD_DIM, ONE_KIND_OF_LAYER),
    targets=(GPT,),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
    ),
)
