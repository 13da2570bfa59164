"""Mistral 7B and Nemo, Codestral, Mistral Small."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.mistral.configuration_mistral.MistralConfig",
    covers="Mistral 7B and Nemo, Codestral, Mistral Small.",
    parts=(DECODER, GROUPED_QUERY, ROPE, NO_BIAS, WINDOW, HEAD_DIM, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
)
