"""The language model of Qwen3-VL's models with experts."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import NORMALISED, NUMBERED_EXPERTS, ROUTER_LOGITS_UNDECLARED, SOFTMAX_SCORES
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.positions.sections import INTERLEAVED_SECTIONS
from codegen.parts.stack.kinds import UNDECLARED_LAYER_TYPES
from codegen.table import Family, hard_wired, must_be

FAMILY = Family(
    config="transformers.models.qwen3_vl_moe.configuration_qwen3_vl_moe.Qwen3VLMoeTextConfig",
    body="transformers.models.qwen3_vl_moe.modeling_qwen3_vl_moe.Qwen3VLMoeTextModel",
    covers="The language model of Qwen3-VL's models with experts.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        INTERLEAVED_SECTIONS,
        HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        STEPPED_EXPERTS,
        NUMBERED_EXPERTS,
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED,
        BALANCED_BY_LOSS,
        UNDECLARED_LAYER_TYPES,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    rows=(
        hard_wired("norm_topk_prob", True, "the class normalises the weights of the chosen experts always"),
        must_be("sliding_window", (None,), "the cache of generation keeps as many tokens, and attention has no window"),
    ),
    older=(ROUTER_LOGITS_UNDECLARED,),
)
