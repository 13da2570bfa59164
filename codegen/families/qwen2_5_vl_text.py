"""The language model of Qwen2.5-VL."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import QKV_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNSAID_HEAD_DIM
from codegen.parts.attention.windows import QWEN_WINDOW
from codegen.parts.decoder.ties import DECODER_IN_COMPOSITE
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.sections import SECTIONED_ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.qwen2_5_vl.configuration_qwen2_5_vl.Qwen2_5_VLTextConfig",
    body="transformers.models.qwen2_5_vl.modeling_qwen2_5_vl.Qwen2_5_VLTextModel",
    covers="The language model of Qwen2.5-VL.",
    parts=(
        DECODER_IN_COMPOSITE,
        GROUPED_QUERY,
        SECTIONED_ROPE,
        UNSAID_HEAD_DIM,
        QKV_BIAS,
        QWEN_WINDOW,
        DENSE,
        QWEN,
    ),
    targets=(GPT, HYBRID),
)
