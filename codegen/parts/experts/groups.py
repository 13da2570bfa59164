"""DeepSeek-V3's router, which chooses groups of experts first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.experts.routers import SCORED_BY_SIGMOID
from codegen.table import Constant, Inverse, Otherwise, Part, Rename, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried


class GroupedRouterConfig(Protocol):
    """A config with DeepSeek-V3's router: the best experts of the best groups, by sigmoid scores and a bias."""

    n_group: int | None
    topk_group: int | None
    num_experts_per_tok: int | None
    norm_topk_prob: bool | None


class GroupedExpertsConfig(GroupedRouterConfig, Protocol):
    """The same, with the number of experts."""

    n_routed_experts: int | None


def groups_fit(hf: GroupedExpertsConfig) -> bool:
    return (
        not hf.n_group
        or not hf.n_routed_experts
        or (hf.n_routed_experts % hf.n_group == 0 and hf.n_routed_experts >= 2 * hf.n_group)
    )


def topk_fits(hf: GroupedExpertsConfig) -> bool:
    return not hf.num_experts_per_tok or not hf.n_routed_experts or hf.num_experts_per_tok <= hf.n_routed_experts


def groups_hold_experts(hf: GroupedExpertsConfig) -> bool:
    return (
        not hf.num_experts_per_tok
        or not hf.topk_group
        or not hf.n_group
        or not hf.n_routed_experts
        or hf.n_routed_experts % hf.n_group != 0
        or hf.n_routed_experts < 2 * hf.n_group
        or hf.num_experts_per_tok > hf.n_routed_experts
        or hf.num_experts_per_tok <= hf.topk_group * (hf.n_routed_experts // hf.n_group)
    )


def groups_rank_alike(hf: GroupedRouterConfig) -> bool:
    return (
        not hf.num_experts_per_tok
        or not hf.topk_group
        or not hf.n_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 2
    )


def topk_group_fits(hf: GroupedRouterConfig) -> bool:
    return not hf.topk_group or not hf.n_group or hf.topk_group <= hf.n_group


def normalised_if_several(hf: GroupedRouterConfig) -> bool:
    return not hf.num_experts_per_tok or bool(hf.norm_topk_prob) == (hf.num_experts_per_tok > 1)


def norm_topk_prob_of(transformer: TransformerConfig) -> bool | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1


GROUPS_HOLD_EXPERTS: Final = (
    "must be so many groups that they have num_experts_per_tok experts: of the others none is better than another"
)

CHOSEN_GROUPS: Final = Part(
    rows=(
        Rename(
            "num_experts_per_tok",
            "moe_router_topk",
            required=True,
        ),
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor", unset=1.0),
        Rename("n_group", "moe_router_num_groups", required=True, unset=1),
        Rename("topk_group", "moe_router_group_topk", required=True, unset=1),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        *positive("num_experts_per_tok", "n_group", "topk_group", "routed_scaling_factor"),
        require("topk_group", topk_group_fits, "must be at most n_group"),
    ),
)
"""The best experts of the best groups, with a scale, but for how they are scored."""

ROUTER_OF_GROUPS: Final = Part(
    includes=(SCORED_BY_SIGMOID, CHOSEN_GROUPS),
    rows=(
        Constant("moe_router_enable_expert_bias", True, "e_score_correction_bias, which every such router has."),
        require(
            "topk_group",
            groups_rank_alike,
            "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
            "num_experts_per_tok // topk_group best experts, and transformers by that of two",
        ),
        require(
            "norm_topk_prob",
            normalised_if_several,
            "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave "
            "the score of a single one as it is",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
    ),
)
"""DeepSeek-V3's router, but for what depends on the number of experts."""

GROUPS_OF_TWO: Final = Part(
    rows=(
        *positive("n_routed_experts"),
        require("num_experts_per_tok", topk_fits, "must be at most n_routed_experts"),
        require(
            "n_group",
            groups_fit,
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        ),
        require("topk_group", groups_hold_experts, GROUPS_HOLD_EXPERTS),
    ),
)
"""Groups of `n_routed_experts` that are ranked by their two best."""

GROUPED_ROUTER: Final = Part(includes=(ROUTER_OF_GROUPS, GROUPS_OF_TWO))
"""DeepSeek-V3's router, of `n_routed_experts`."""

GROUPS_AT_ZERO: Final = Otherwise(
    "n_group",
    "5.6.0",
    "experts outside of the chosen groups count as zero, which is more than the biased score of some that are chosen",
    unless=(None, 1),
)
"""What older routers did."""
