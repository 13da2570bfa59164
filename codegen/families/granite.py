"""Granite's dense models."""

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
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.granite.configuration_granite.GraniteConfig",
    covers="Granite's dense models.",
    parts=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, BIASES, MULTIPLIERS, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
)
