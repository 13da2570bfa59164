"""DeepSeek-V2 and its Coder, with latents of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latent import LATENT, V_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.balancing import BALANCING, BALANCING_WHY, NO_BALANCING_BACK
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS, UNBIASED_EXPERTS
from codegen.parts.experts.placed import AFTER_DENSE
from codegen.parts.experts.routers import EXPERTS_AFTER_DENSE, ROUTER_LOGITS_UNDECLARED, SOFTMAX_SCORES
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    ByDefault,
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Otherwise,
    Rename,
    hard_wired,
    layered,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
    from transformers.models.deepseek_v2.configuration_deepseek_v2 import DeepseekV2Config

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing


def rope_dim_agrees(hf: DeepseekV2Config) -> bool:
    return hf.head_dim == hf.qk_rope_head_dim


def head_dim_of(transformer: MLATransformerConfig) -> int:
    return transformer.qk_pos_emb_head_dim


def latents_are_pairs(hf: DeepseekV2Config) -> bool:
    return hf.kv_lora_rank % 2 == 0


def unrotated_are_pairs(hf: DeepseekV2Config) -> bool:
    return hf.qk_nope_head_dim % 2 == 0


def grouped(hf: DeepseekV2Config) -> bool:
    return hf.topk_method == "group_limited_greedy"


def topk_method_of(transformer: TransformerConfig) -> str:
    return "greedy" if transformer.moe_router_num_groups is None else "group_limited_greedy"


def num_groups(hf: DeepseekV2Config, grouped: bool) -> int | None:
    return hf.n_group if grouped else None


def n_group_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.moe_router_num_groups is None else transformer.moe_router_num_groups


def group_topk(hf: DeepseekV2Config, grouped: bool) -> int | None:
    return hf.topk_group if grouped else None


def topk_group_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.moe_router_group_topk is None else transformer.moe_router_group_topk


def topk_fits(hf: DeepseekV2Config) -> bool:
    return not hf.num_experts_per_tok or hf.num_experts_per_tok <= hf.n_routed_experts


def n_group_fits(hf: DeepseekV2Config, grouped: bool) -> bool:
    return not grouped or (hf.n_group is not None and hf.n_group > 0 and hf.n_routed_experts % hf.n_group == 0)


def topk_group_fits(hf: DeepseekV2Config, grouped: bool) -> bool:
    return not grouped or (
        hf.topk_group is not None and hf.topk_group > 0 and (not hf.n_group or hf.topk_group <= hf.n_group)
    )


def ranked_alike(hf: DeepseekV2Config, grouped: bool) -> bool:
    return (
        not grouped
        or not hf.num_experts_per_tok
        or not hf.topk_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 1
    )


def groups_rank_alike(ranked_alike: bool) -> bool:
    return ranked_alike


def group_score_topk(ranked_alike: bool) -> int | None:
    return None if ranked_alike else 1


def groups_hold_experts(hf: DeepseekV2Config, grouped: bool) -> bool:
    return (
        not grouped
        or not hf.num_experts_per_tok
        or not hf.topk_group
        or not hf.n_group
        or hf.num_experts_per_tok <= hf.topk_group * (hf.n_routed_experts // hf.n_group)
    )


def balancing(caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="seq_aux_loss", coefficient=1e-3)


FAMILY = Family(
    config="transformers.models.deepseek_v2.configuration_deepseek_v2.DeepseekV2Config",
    covers="DeepSeek-V2 and its Coder, with latents of queries.",
    parts=(
        DECODER,
        LATENT,
        AFTER_DENSE,
        SOFTMAX_SCORES,
        COUNTED_SHARED_EXPERTS,
        V_HEAD_DIM,
        UNBIASED_EXPERTS,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        EXPERTS_AFTER_DENSE,
        ONE_RANK,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    replaces=("moe_router_topk_scaling_factor", "moe_router_num_groups", "moe_router_group_topk"),
    rows=(
        require(
            "kv_lora_rank",
            latents_are_pairs,
            "must be even: the rotated keys behind the latents are read as complex numbers, of two each",
        ),
        require(
            "qk_nope_head_dim",
            unrotated_are_pairs,
            "must be even: the rotated part of a query behind it is read as complex numbers, of two each",
        ),
        require(
            "head_dim",
            rope_dim_agrees,
            "must be given, and be qk_rope_head_dim, to which transformers sets it: rope is that wide",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        Rename("num_experts_per_tok", "moe_router_topk", required=True),
        Constant("moe_router_pre_softmax", True, "The weights are of a softmax over all experts, never normalised."),
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor", unset=1.0),
        must_be("topk_method", ("greedy", "group_limited_greedy"), "transformers knows no other"),
        Local("grouped", grouped, inverse=(Inverse("topk_method", topk_method_of),)),
        Computed(
            "moe_router_num_groups",
            num_groups,
            "Read where topk_method says so.",
            inverse=(Inverse("n_group", n_group_of),),
        ),
        Computed("moe_router_group_topk", group_topk, "", inverse=(Inverse("topk_group", topk_group_of),)),
        *positive(
            "head_dim", "n_routed_experts", "num_experts_per_tok", "n_group", "topk_group", "routed_scaling_factor"
        ),
        require("num_experts_per_tok", topk_fits, "must be at most n_routed_experts"),
        require(
            "n_group",
            n_group_fits,
            "must be given, and divide n_routed_experts, where topk_method is group_limited_greedy",
        ),
        require(
            "topk_group",
            topk_group_fits,
            "must be given, and be at most n_group, where topk_method is group_limited_greedy",
        ),
        Local("ranked_alike", ranked_alike),
        *layered(
            Computed(
                "moe_router_group_score_topk",
                group_score_topk,
                "A group ranks by its best expert.",
                inverse=NoInverse("transformers ranks groups so always"),
            ),
            otherwise=require(
                "topk_group",
                groups_rank_alike,
                "must be n_group, or fit once into num_experts_per_tok: Megatron ranks a group by the sum of its "
                "num_experts_per_tok // topk_group best experts, and transformers by the best alone",
            ),
        ),
        require(
            "topk_group",
            groups_hold_experts,
            "must be so many groups that they have num_experts_per_tok experts: transformers gives others a weight of "
            "zero, and Megatron one below all numbers",
        ),
        Computed(BALANCING, balancing, BALANCING_WHY, NO_BALANCING_BACK),
        hard_wired("scoring_func", "softmax", "the class scores experts with a softmax"),
        Ignored("norm_topk_prob", Kind.DEAD, "the class does not normalise the weights of experts, whatever this says"),
    ),
    older=(ROUTER_LOGITS_UNDECLARED, Otherwise("vocab_size", "5.16.0", "the default was 32000", ByDefault(102400))),
)
