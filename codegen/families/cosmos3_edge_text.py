"""The language model of Cosmos 3 Edge."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import ONE_RANK, SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.positions.sections import INTERLEAVED_SECTIONS
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Ignored, Kind

FAMILY = Family(
    config="transformers.models.cosmos3_edge.configuration_cosmos3_edge.Cosmos3EdgeTextConfig",
    body="transformers.models.cosmos3_edge.modeling_cosmos3_edge.Cosmos3EdgeTextModel",
    covers="The language model of Cosmos 3 Edge.",
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        ROPE,
        INTERLEAVED_SECTIONS,
        HEAD_DIM,
        BIASES,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    rows=(
        *plain_mlp("hidden_act"),
        Ignored("layer_norm_eps", Kind.INFERENCE, "belongs to what makes tokens of images"),
    ),
)
