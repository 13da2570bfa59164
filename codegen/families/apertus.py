"""Apertus, as far as its activation is not xIELU."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.apertus.configuration_apertus.ApertusConfig",
    covers="Apertus with a fixed activation; the published ones have xIELU, whose shape is learned.",
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        ONE_KIND_OF_LAYER,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    rows=(*plain_mlp("hidden_act"),),
)
