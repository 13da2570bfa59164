"""Hunyuan A13B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import QK_NORM_AFTER_ROPE
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import NUMBER_IS_READ_BACK, ROUTER_LOGITS_UNDECLARED, SOFTMAX_SCORES, experts_alone
from codegen.parts.files.lineages import HUNYUAN
from codegen.parts.positions.alpha import ALPHA_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Lacks,
    Local,
    NoInverse,
    Rename,
    Unread,
    hard_wired,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe import HunYuanMoEV1Config

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_kinds import same_in_all


def moe_topk(hf: HunYuanMoEV1Config, check: Check) -> int:
    return same_in_all(check, "moe_topk", hf.moe_topk, hf.num_hidden_layers)


def moe_router_topk(moe_topk: int) -> int:
    return moe_topk


def moe_topk_of(transformer: TransformerConfig) -> int:
    return transformer.moe_router_topk


def shared_width(hf: HunYuanMoEV1Config) -> int:
    return hf.intermediate_size


def one_expert(moe_topk: int) -> bool:
    return moe_topk == 1


def score_of_one(moe_topk: int) -> float | None:
    return 0.0 if moe_topk == 1 else None


def experts_suffice(hf: HunYuanMoEV1Config, moe_topk: int) -> bool:
    return moe_topk <= hf.num_experts


FAMILY = Family(
    config="transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe.HunYuanMoEV1Config",
    covers="Hunyuan A13B.",
    lacks=Lacks(
        "transformers.models.hunyuan_v1_moe.modeling_hunyuan_v1_moe.HunYuanMoEV1Attention.query_layernorm",
        "norms of queries and keys after rope; Megatron has them before",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ALPHA_ROPE,
        HEAD_DIM,
        ATTENTION_BIAS,
        QK_NORM_AFTER_ROPE,
        ALL_EXPERTS,
        SOFTMAX_SCORES,
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        HUNYUAN,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size",),
    rows=(
        Rename("num_experts", "num_moe_experts"),
        *experts_alone("intermediate_size"),
        Local("moe_topk", moe_topk),
        Computed(
            "moe_router_topk",
            moe_router_topk,
            "As many in every layer.",
            inverse=(Inverse("moe_topk", moe_topk_of),),
        ),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_width,
            "One MLP that all tokens share, as wide as an expert.",
            inverse=NoInverse("intermediate_size is read back from moe_ffn_hidden_size"),
        ),
        Constant("moe_shared_expert_gate", False, "The shared MLP is added as it is."),
        Computed(
            "moe_router_pre_softmax",
            one_expert,
            "A softmax over the chosen experts alone, which of one is its score divided by itself.",
            NUMBER_IS_READ_BACK,
        ),
        Computed("moe_router_norm_min", score_of_one, "Where a token has one expert.", NUMBER_IS_READ_BACK),
        *positive("num_experts"),
        require("moe_topk", experts_suffice, "must be at most num_experts"),
        *(
            Ignored(name, Kind.INFERENCE, "separates texts, in what makes batches of them")
            for name in ("eod_token_id", "sep_token_id")
        ),
        hard_wired("norm_topk_prob", True, "the class makes the weights of a token's experts add up to one always"),
        hard_wired("group_limited_greedy", False, "all experts of the class compete"),
        hard_wired("routed_scaling_factor", 1.0, "the class does not scale the weights of experts"),
        hard_wired("use_mixed_mlp_moe", True, "every layer of the class has a shared MLP"),
        hard_wired("moe_layer_num_skipped", 0, "every layer of the class has experts"),
        *(Unread(key, "belongs to groups of experts, of which there are none") for key in ("n_group", "topk_group")),
        *(
            Unread(key, "says which tokens training leaves out where an expert has too many")
            for key in ("moe_drop_tokens", "moe_random_routing_dropped_token")
        ),
    ),
    older=(ROUTER_LOGITS_UNDECLARED,),
)
