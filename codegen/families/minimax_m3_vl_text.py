"""The language model of MiniMax-M3, as far as every layer attends to all tokens before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import ONE_NORMALISED, SIGMOID_SCORES
from codegen.parts.mlp.gates import CLAMPED_GATE
from codegen.parts.positions.partial import PARTIAL_ROPE
from codegen.parts.stack.kinds import full_attention
from codegen.table import Constant, Family, Ignored, Inverse, Kind, Rename, Since, layered, positive, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.minimax_m3_vl.configuration_minimax_m3_vl import MiniMaxM3VLTextConfig

    from mcore_mappers_runtime.rope import rope_key, rope_parameters_of


def several_experts(hf: MiniMaxM3VLTextConfig) -> bool:
    return hf.num_experts_per_tok != 1


def experts_suffice(hf: MiniMaxM3VLTextConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_local_experts


def says_what_is_rotated(hf: MiniMaxM3VLTextConfig) -> bool:
    factor = rope_key(rope_parameters_of(hf), "partial_rotary_factor")
    rotated = hf.head_dim * (factor if isinstance(factor, (int, float)) else 1.0)
    # 64 is the default, which says nothing. Where no whole number of channels is rotated, the last part is not.
    return hf.rotary_dim == 64 or hf.rotary_dim <= rotated < hf.rotary_dim + 1


def rotary_dim_of(model: GPTModelConfig | HybridModelConfig) -> int:
    return int((model.transformer.kv_channels or 0) * model.rotary_percent)


FAMILY = Family(
    config="transformers.models.minimax_m3_vl.configuration_minimax_m3_vl.MiniMaxM3VLTextConfig",
    covers="The language model of MiniMax-M3 where no layer has sparse attention.",
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        PARTIAL_ROPE,
        HEAD_DIM,
        QK_NORM,
        NO_BIAS,
        CLAMPED_GATE,
        LISTED_EXPERTS,
        SIGMOID_SCORES,
        BALANCED_BY_LOSS,
        ON_HIDDEN_STATE,
    ),
    targets=(GPT, HYBRID),
    replaces=(
        *("intermediate_size", "norm_topk_prob", "moe_router_norm_topk_prob", "moe_router_dtype"),
        *("moe_router_topk_scaling_factor", "moe_router_enable_expert_bias"),
    ),
    rows=(
        full_attention("its attention chooses single tokens, not blocks of them"),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to the choice of blocks, which no layer makes")
            for name in (
                *("index_n_heads", "index_head_dim", "index_block_size"),
                *("index_topk_blocks", "index_local_blocks"),
            )
        ),
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by 1 + weight: Hugging Face has no flag."),
        Rename("dense_intermediate_size", "ffn_hidden_size"),
        Rename("intermediate_size", "moe_ffn_hidden_size"),
        Rename("shared_intermediate_size", "moe_shared_expert_intermediate_size"),
        Constant("moe_shared_expert_gate", False, "The shared expert is added as it is."),
        Rename("num_local_experts", "num_moe_experts"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor", unset=1.0),
        Constant(
            "moe_router_enable_expert_bias", True, "e_score_correction_bias, which every router of the class has."
        ),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are easier to tell apart; transformers takes at least the sigmoid in float32.",
        ),
        *positive("dense_intermediate_size", "intermediate_size", "shared_intermediate_size", "rotary_dim"),
        *positive("num_local_experts", "num_experts_per_tok", "routed_scaling_factor"),
        *layered(
            ONE_NORMALISED,
            otherwise=require(
                "num_experts_per_tok",
                several_experts,
                "must be two or more: Megatron does not normalise the score of a single expert",
            ),
        ),
        require("num_experts_per_tok", experts_suffice, "must be at most num_local_experts"),
        Ignored("hidden_act", Kind.DEAD, "MLPs and experts of the class compute a clamped gate of their own"),
        require(
            "rotary_dim",
            says_what_is_rotated,
            "the class reads partial_rotary_factor, and this says another width of what is rotated",
            inverse=(Inverse("rotary_dim", rotary_dim_of),),
        ),
        Ignored("router_jitter_noise", Kind.DEAD, "the router of the class adds no noise"),
    ),
    since=Since("5.12.0", "There was no such class."),
)
