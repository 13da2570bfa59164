"""The language model of Qwen2.5-Omni's thinker."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import QKV_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QWEN_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.sections import SECTIONED_ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.qwen2_5_omni.configuration_qwen2_5_omni.Qwen2_5OmniTextConfig",
    body="transformers.models.qwen2_5_omni.modeling_qwen2_5_omni.Qwen2_5OmniThinkerTextModel",
    covers="The language model of Qwen2.5-Omni's thinker.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        SECTIONED_ROPE,
        UNDECLARED_HEAD_DIM,
        QKV_BIAS,
        QWEN_WINDOW,
        DENSE,
        QWEN,
    ),
    targets=(GPT, HYBRID),
)
