"""Ministral 8B of 2024."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.ministral.configuration_ministral.MinistralConfig",
    covers="Ministral 8B of 2024.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, NO_BIAS, GIVEN_WINDOW, DENSE),
    targets=(GPT, HYBRID),
)
