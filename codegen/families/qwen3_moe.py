"""Qwen3 with experts: 30B-A3B, 235B-A22B, Coder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM, WINDOW, WINDOW_SWITCH
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS, ON_HIDDEN_STATE
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import NORMALISED_IF_SAID, SOFTMAX_SCORES
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, Rename, hard_wired, positive, require

if TYPE_CHECKING:
    from transformers.models.qwen3_moe.configuration_qwen3_moe import Qwen3MoeConfig


def topk_fits(hf: Qwen3MoeConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


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
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        *positive("num_experts", "moe_intermediate_size", "num_experts_per_tok"),
        require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        hard_wired("qkv_bias", False, "the class has no such bias"),
        hard_wired("use_qk_norm", True, "the class normalises queries and keys always"),
        hard_wired("shared_expert_intermediate_size", 0, "the class has no shared expert"),
    ),
)
