"""Qwen3's dense models."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM, QWEN_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.qwen3.configuration_qwen3.Qwen3Config",
    covers="Qwen3's dense models.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        QK_NORM,
        ATTENTION_BIAS,
        QWEN_WINDOW,
        GIVEN_HEAD_DIM,
        DENSE,
        QWEN,
    ),
    targets=(GPT, HYBRID),
)
