"""Qwen2 and Qwen2.5, and what is distilled into them."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import QKV_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QWEN_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.prediction import REMOTE_MTP
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.qwen2.configuration_qwen2.Qwen2Config",
    covers="Qwen2 and Qwen2.5, and what is distilled into them.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QKV_BIAS,
        QWEN_WINDOW,
        REMOTE_MTP,
        DENSE,
        QWEN,
    ),
    targets=(GPT, HYBRID),
)
