"""MiniMax-M2, M2.5 and M2.7."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM_OVER_HEADS
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import (
    LOCAL_EXPERTS,
    NO_JITTER,
    ONE_NORMALISED,
    SCORED_BY_SIGMOID,
    UNGROUPED,
    experts_alone,
)
from codegen.parts.positions.partial import PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Lacks, Otherwise, PartOf, Unread, hard_wired

FAMILY = Family(
    config="transformers.models.minimax_m2.configuration_minimax_m2.MiniMaxM2Config",
    covers="MiniMax-M2, M2.5 and M2.7.",
    lacks=Lacks(
        "transformers.models.minimax_m2.modeling_minimax_m2.MiniMaxM2Attention.q_norm",
        "norms of queries and keys over all heads together; Megatron has them by head",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        PARTIAL_ROPE,
        GIVEN_HEAD_DIM,
        NO_BIAS,
        QK_NORM_OVER_HEADS,
        ALL_EXPERTS,
        LOCAL_EXPERTS,
        NO_SHARED_EXPERTS,
        SCORED_BY_SIGMOID,
        UNGROUPED,
        NO_JITTER,
        BALANCED_BY_LOSS,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size",),
    rows=(
        *experts_alone("intermediate_size"),
        Constant("moe_router_topk_scaling_factor", None, "Weights of experts are not scaled."),
        Constant("moe_router_enable_expert_bias", True, "e_score_correction_bias: Hugging Face has no flag."),
        ONE_NORMALISED,
        hard_wired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("use_routing_bias", True, "the class chooses experts by scores with a bias"),
        hard_wired("use_qk_norm", True, "the class norms queries and keys always"),
        hard_wired("qk_norm_type", "per_layer", "the class norms all heads together"),
        hard_wired("shared_intermediate_size", 0, "the class has no shared expert"),
        Unread("rotary_dim", "the class makes partial_rotary_factor of it when it is built"),
        Unread("mlp_intermediate_size", "the width of an MLP without experts, of which there is none"),
        Unread("shared_moe_mode", "how a shared expert is weighed, of which there is none"),
        Unread("attn_type_list", "1 for each layer: all have attention"),
        Unread("layernorm_full_attention_beta", "a factor of residuals in MiniMax-M1, which this model has not"),
        Unread("layernorm_linear_attention_beta", "a factor of residuals in MiniMax-M1, which this model has not"),
        Unread("layernorm_mlp_beta", "a factor of residuals in MiniMax-M1, which this model has not"),
        Unread("use_mtp", "of layers that predict further tokens, which the class has not"),
        Unread("num_mtp_modules", "of layers that predict further tokens, which the class has not"),
        Unread("mtp_transformer_layers", "of layers that predict further tokens, which the class has not"),
    ),
    older=(
        Otherwise("partial_rotary_factor", "5.18.0", "rotary_dim was not read", PartOf("rotary_dim", whole="head_dim")),
    ),
)
