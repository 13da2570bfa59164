"""ERNIE 4.5's dense model."""

from __future__ import annotations

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import USED_BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION
from codegen.parts.positions.rope import INTERLEAVED_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.ernie4_5.configuration_ernie4_5.Ernie4_5Config",
    covers="ERNIE 4.5's dense model of 0.3B.",
    parts=(DECODER, GROUPED_QUERY, INTERLEAVED_ROPE, HEAD_DIM, USED_BIASES, ONE_KIND_OF_LAYER),
    targets=(GPT,),
    replaces=("attention_dropout",),
    rows=(NO_DROPOUT_IN_ATTENTION,),
)
