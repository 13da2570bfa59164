"""DeepSeek-V2's router, which scores with a softmax and may choose groups of experts first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.experts.balancing import BALANCING, BALANCING_WHY, NO_BALANCING_BACK
from codegen.parts.experts.routers import SOFTMAX_SCORES
from codegen.table import (
    Computed,
    Constant,
    Inverse,
    Local,
    NoInverse,
    Part,
    Rename,
    hard_wired,
    layered,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing


class LimitedRouterConfig(Protocol):
    """A config that says whether experts are chosen of the best groups, or of all."""

    n_routed_experts: int
    num_experts_per_tok: int | None
    topk_method: str | None
    n_group: int | None
    topk_group: int | None


def grouped(hf: LimitedRouterConfig) -> bool:
    return hf.topk_method == "group_limited_greedy"


def topk_method_of(transformer: TransformerConfig) -> str:
    # Megatron's router looks at groups where it is told how many to choose.
    return "group_limited_greedy" if transformer.moe_router_group_topk else "greedy"


def num_groups(hf: LimitedRouterConfig, grouped: bool) -> int | None:
    return hf.n_group if grouped else None


def n_group_of(transformer: TransformerConfig) -> int | NotCarried:
    groups = transformer.moe_router_num_groups
    return groups if groups is not None and transformer.moe_router_group_topk else NOT_CARRIED


def group_topk(hf: LimitedRouterConfig, grouped: bool) -> int | None:
    return hf.topk_group if grouped else None


def topk_group_of(transformer: TransformerConfig) -> int | NotCarried:
    return transformer.moe_router_group_topk or NOT_CARRIED


def topk_fits(hf: LimitedRouterConfig) -> bool:
    return not hf.num_experts_per_tok or hf.num_experts_per_tok <= hf.n_routed_experts


def n_group_fits(hf: LimitedRouterConfig, grouped: bool) -> bool:
    return not grouped or (hf.n_group is not None and hf.n_group > 0 and hf.n_routed_experts % hf.n_group == 0)


def topk_group_fits(hf: LimitedRouterConfig, grouped: bool) -> bool:
    return not grouped or (
        hf.topk_group is not None and hf.topk_group > 0 and (not hf.n_group or hf.topk_group <= hf.n_group)
    )


def ranked_alike(hf: LimitedRouterConfig, grouped: bool) -> bool:
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


def groups_hold_experts(hf: LimitedRouterConfig, grouped: bool) -> bool:
    return (
        not grouped
        or not hf.num_experts_per_tok
        or not hf.topk_group
        or not hf.n_group
        or hf.num_experts_per_tok <= hf.topk_group * (hf.n_routed_experts // hf.n_group)
    )


def balancing(caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="seq_aux_loss", coefficient=1e-3)


LIMITED_ROUTER: Final = Part(
    includes=(SOFTMAX_SCORES,),
    replaces=("moe_router_topk_scaling_factor", "moe_router_num_groups", "moe_router_group_topk"),
    rows=(
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
        *positive("n_routed_experts", "num_experts_per_tok", "n_group", "topk_group", "routed_scaling_factor"),
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
    ),
)
"""The best experts of all, or of the best groups, by a softmax over all experts; not normalised."""
