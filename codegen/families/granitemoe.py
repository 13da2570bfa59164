"""Granite with experts."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.granite import GRANITE_EXPERTS
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.granitemoe.configuration_granitemoe.GraniteMoeConfig",
    covers="Granite with experts.",
    parts=(GRANITE_EXPERTS, NO_SHARED_EXPERTS, ROPE, ONE_KIND_OF_LAYER),
    targets=(GPT, HYBRID),
)
