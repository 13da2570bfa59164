"""The language model of Cosmos 3 Edge."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import ONE_RANK, SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.sections import STATED_SECTIONS
from codegen.parts.stack.kinds import UNDECLARED_LAYER_TYPES
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Ignored, Kind, Since

FAMILY = Family(
    config="transformers.models.cosmos3_edge.configuration_cosmos3_edge.Cosmos3EdgeTextConfig",
    body="transformers.models.cosmos3_edge.modeling_cosmos3_edge.Cosmos3EdgeTextModel",
    covers="The language model of Cosmos 3 Edge.",
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        STATED_SECTIONS,
        GIVEN_HEAD_DIM,
        BIASES,
        UNDECLARED_LAYER_TYPES,
        ONE_RANK,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    rows=(
        *plain_mlp("hidden_act"),
        Ignored("layer_norm_eps", Kind.INFERENCE, "read by the composite's layers for images"),
    ),
    since=Since("5.15.0", "There was no such class."),
)
