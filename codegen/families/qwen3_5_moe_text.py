"""The language models of Qwen3.5's models with experts: Gated DeltaNet in three layers of four."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import (
    EXPERTS_ALONE,
    GATED_SHARED_EXPERT,
    NORMALISED_SEVERAL,
    NUMBERED_EXPERTS,
    SOFTMAX_SCORES,
)
from codegen.parts.files.lineages import QWEN_HYBRID
from codegen.parts.positions.sections import INTERLEAVED_SECTIONS
from codegen.parts.recurrent.delta_net import DELTA_NET
from codegen.table import (
    Family,
    hard_wired,
)

FAMILY = Family(
    config="transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeTextConfig",
    covers="The language models of Qwen3.5's models with experts.",
    parts=(
        DELTA_NET,
        INTERLEAVED_SECTIONS,
        QWEN_HYBRID,
        ALL_EXPERTS,
        NUMBERED_EXPERTS,
        GATED_SHARED_EXPERT,
        SOFTMAX_SCORES,
        NORMALISED_SEVERAL,
        BALANCED_BY_LOSS,
        EXPERTS_ALONE,
    ),
    targets=(GPT, HYBRID),
    replaces=("intermediate_size",),
    rows=(
        hard_wired("attn_output_gate", True, "the class gates the output of its attention always"),
        hard_wired("norm_topk_prob", True, "the class makes the weights of a token's experts add up to one always"),
        hard_wired("decoder_sparse_step", 1, "the class has experts in every layer"),
        hard_wired("mlp_only_layers", (), "the class has experts in every layer"),
    ),
)
