"""Nemotron-3 8B, Nemotron-4 and Minitron."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.partial import STATED_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Constant, Family

FAMILY = Family(
    config="transformers.models.nemotron.configuration_nemotron.NemotronConfig",
    covers="Nemotron-3 8B, Nemotron-4 and Minitron.",
    parts=(LAYER_NORM, HEAD_DIM, SIZES, GROUPED_QUERY, STATED_PARTIAL_ROPE, BIASES, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        *layer_norm("norm_eps"),
        Constant("layernorm_zero_centered_gamma", True, "LayerNorm1P: a norm multiplies by 1 + weight."),
        *plain_mlp("hidden_act"),
    ),
)
