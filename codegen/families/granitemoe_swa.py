"""Granite with experts, sinks and windows."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.sinks import SINKS
from codegen.parts.experts.granite import GRANITE_SHARED_MLP
from codegen.table import Family, Since

FAMILY = Family(
    config="transformers.models.granitemoe_swa.configuration_granitemoe_swa.GraniteMoeSWAConfig",
    covers="Granite with experts, sinks and windows.",
    parts=(GRANITE_SHARED_MLP, SINKS),
    targets=(GPT, HYBRID),
    since=Since("5.15.0", "There was no such class."),
)
