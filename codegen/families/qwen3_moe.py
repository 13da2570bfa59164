"""Qwen3 with experts: 30B-A3B, 235B-A22B, Coder."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM, WINDOW, WINDOW_SWITCH
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import NORMALISED_IF_SAID, NUMBERED_EXPERTS, SOFTMAX_SCORES
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, hard_wired

FAMILY = Family(
    config="transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig",
    covers="Qwen3 with experts: 30B-A3B, 235B-A22B, Coder.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        WINDOW,
        WINDOW_SWITCH,
        STEPPED_EXPERTS,
        NUMBERED_EXPERTS,
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
        ONE_KIND_OF_LAYER,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    rows=(
        hard_wired("qkv_bias", False, "the class has no such bias"),
        hard_wired("use_qk_norm", True, "the class normalises queries and keys always"),
        hard_wired("shared_expert_intermediate_size", 0, "the class has no shared expert"),
    ),
)
