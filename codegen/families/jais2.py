"""Jais 2."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.jais2.configuration_jais2.Jais2Config",
    covers="Jais 2.",
    parts=(LAYER_NORM, HEAD_DIM, SIZES, GROUPED_QUERY, ROPE, BIASES, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(*layer_norm("layer_norm_eps"), *plain_mlp("hidden_act")),
)
