"""Hunyuan of 0.5B, 1.8B, 4B and 7B."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import QK_NORM_AFTER_ROPE
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.files.lineages import HUNYUAN
from codegen.parts.positions.alpha import ALPHA_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Ignored, Kind, Lacks

FAMILY = Family(
    config="transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense.HunYuanDenseV1Config",
    covers="Hunyuan of 0.5B, 1.8B, 4B and 7B.",
    lacks=Lacks(
        "transformers.models.hunyuan_v1_dense.modeling_hunyuan_v1_dense.HunYuanDenseV1Attention.query_layernorm",
        "norms of queries and keys after rope; Megatron has them before",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ALPHA_ROPE,
        HEAD_DIM,
        ATTENTION_BIAS,
        QK_NORM_AFTER_ROPE,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        DENSE,
        HUNYUAN,
    ),
    targets=(GPT, HYBRID),
    rows=(Ignored("eod_token_id", Kind.INFERENCE, "ends documents, in what makes batches of them"),),
)
