"""Granite with experts and an MLP that all tokens share."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.experts.granite import GRANITE_SHARED_MLP
from codegen.parts.files.lineages import GRANITE
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.granitemoeshared.configuration_granitemoeshared.GraniteMoeSharedConfig",
    covers="Granite with experts and a shared MLP.",
    parts=(
        GRANITE_SHARED_MLP,
        ROPE,
        ONE_KIND_OF_LAYER,
        GRANITE,
    ),
    targets=(GPT, HYBRID),
)
