"""Arcee's AFM."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.activations import ACTIVATIONS
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Choice, Constant, Family

FAMILY = Family(
    config="transformers.models.arcee.configuration_arcee.ArceeConfig",
    covers="Arcee's AFM 4.5B.",
    parts=(SIZES, RMS_NORM, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        Constant("gated_linear_unit", False, "up_proj and down_proj, and no gate."),
        Choice("hidden_act", "activation_func", ACTIVATIONS),
    ),
)
