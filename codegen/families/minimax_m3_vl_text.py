"""The language model of MiniMax-M3, as far as every layer attends to all tokens before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.activations import ACTIVATIONS as TABLE_OF_ACTIVATIONS
from codegen.families.attention import NO_BIAS, QK_NORM
from codegen.families.decoder import (
    DENSE_KERNELS,
    EXPERT_KERNELS,
    GROUPED_QUERY,
    KERNELS_WHY,
    NO_KERNELS_BACK,
    RMS_NORM,
    SIZES,
)
from codegen.families.experts import BALANCED_BY_LOSS, ON_HIDDEN_STATE
from codegen.families.full_attention import full_attention
from codegen.families.gpt_oss import CLAMPED_GATE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.partial_rope import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.routers import SIGMOID_SCORES
from codegen.families.targets import GPT
from codegen.table import Bundle, Constant, Family, Ignored, Kind, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from transformers.models.minimax_m3_vl.configuration_minimax_m3_vl import MiniMaxM3VLTextConfig

    from mcore_mappers._tables import ACTIVATIONS
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope


def several_of_the_experts(hf: MiniMaxM3VLTextConfig) -> bool:
    return 2 <= hf.num_experts_per_tok <= hf.num_local_experts


def clamped_kernels(caller: CallerKernelFields, rope: GPTRope) -> KernelFields:
    return kernels(
        caller,
        activation_func=ACTIVATIONS["quick_gelu"],
        gated=True,
        bias=False,
        experts=True,
        rope=rope.position_embedding_type == "rope",
    )


TABLE = Rows(
    module=__name__,
    extends=(
        *(SIZES, RMS_NORM, GROUPED_QUERY, PARTIAL_ROPE, HEAD_DIM, QK_NORM, NO_BIAS),
        *(CLAMPED_GATE, LISTED_EXPERTS, SIGMOID_SCORES, BALANCED_BY_LOSS),
    ),
    drop=(
        *("intermediate_size", "norm_topk_prob", "moe_router_dtype"),
        *("moe_router_topk_scaling_factor", "moe_router_enable_expert_bias"),
    ),
    tables=(TABLE_OF_ACTIVATIONS,),
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
        ON_HIDDEN_STATE,
        Rename("num_local_experts", "num_moe_experts"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor"),
        Constant(
            "moe_router_enable_expert_bias", True, "e_score_correction_bias, which every router of the class has."
        ),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are told apart better; transformers takes at least the sigmoid in float32.",
        ),
        *positive("dense_intermediate_size", "intermediate_size", "shared_intermediate_size"),
        *positive("num_local_experts", "num_experts_per_tok", "routed_scaling_factor"),
        Require(
            "num_experts_per_tok",
            several_of_the_experts,
            "must be two at least, and at most num_local_experts: Megatron does not normalise the score of a single "
            "expert",
        ),
        Ignored("hidden_act", Kind.DEAD, "MLPs and experts of the class compute a clamped gate of their own"),
        Ignored("rotary_dim", Kind.DEAD, "rope_parameters says how much of a head is rotated"),
        Ignored("router_jitter_noise", Kind.DEAD, "the router of the class adds no noise"),
        Bundle((*DENSE_KERNELS, *EXPERT_KERNELS), clamped_kernels, KERNELS_WHY, NO_KERNELS_BACK),
    ),
)

MINIMAX_M3_VL_TEXT = Family(
    name="minimax_m3_vl_text",
    config_class="transformers.models.minimax_m3_vl.configuration_minimax_m3_vl.MiniMaxM3VLTextConfig",
    target=GPT,
    table=TABLE,
    covers="The language model of MiniMax-M3 where no layer has sparse attention.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_PARTIAL_ROPE),
)
