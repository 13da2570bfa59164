"""Qwen3 with experts: 30B-A3B, 235B-A22B, Coder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import NO_ATTENTION_BIAS, QK_NORM, UNDECLARED_HEAD_DIM, WINDOW, WINDOW_SWITCH
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.experts import (
    BALANCED_BY_LOSS,
    NO_SHARED_EXPERTS,
    NORMALISED_IF_SAID,
    ON_HIDDEN_STATE,
    SOFTMAX_SCORES,
    STEPPED_EXPERTS,
)
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Family, HardWired, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from transformers.models.qwen3_moe.configuration_qwen3_moe import Qwen3MoeConfig


def topk_fits(hf: Qwen3MoeConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, QK_NORM, NO_ATTENTION_BIAS, WINDOW, WINDOW_SWITCH),
        *(STEPPED_EXPERTS, NO_SHARED_EXPERTS, SOFTMAX_SCORES, NORMALISED_IF_SAID, BALANCED_BY_LOSS, KERNELS_OF_EXPERTS),
    ),
    rows=(
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
        *positive("num_experts", "moe_intermediate_size", "num_experts_per_tok"),
        Require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        HardWired("qkv_bias", False, "the class has no such bias"),
        HardWired("use_qk_norm", True, "the class normalises queries and keys always"),
        HardWired("shared_expert_intermediate_size", 0, "the class has no shared expert"),
    ),
)

QWEN3_MOE = Family(
    name="qwen3_moe",
    config_class="transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig",
    target=GPT,
    table=TABLE,
    covers="Qwen3 with experts: 30B-A3B, 235B-A22B, Coder.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE),
)
