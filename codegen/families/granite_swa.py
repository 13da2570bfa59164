"""Granite with sinks and windows."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.sinks import SINKS
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import MULTIPLIERS
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Since

FAMILY = Family(
    config="transformers.models.granite_swa.configuration_granite_swa.GraniteSWAConfig",
    covers="Granite with sinks and windows.",
    parts=(DECODER, GROUPED_QUERY, UNDECLARED_HEAD_DIM, BIASES, MULTIPLIERS, SINKS, DENSE),
    targets=(GPT, HYBRID),
    since=Since("5.15.0", "There was no such class."),
)
