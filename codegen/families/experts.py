"""Rows about mixtures of experts that families share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Constant, Ignored, Inverse, Kind, NoInverse, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers._carried import NOT_CARRIED, NotCarried

BALANCING: Final = ("moe_router_load_balancing_type", "moe_aux_loss_coeff")
BALANCING_WHY: Final = "Training only; left out where the caller balances in a way that has no coefficient."
NO_BALANCING_BACK: Final = NoInverse("DeepSeek's way of balancing is no field of the Hugging Face config")


class GroupedRouterConfig(Protocol):
    """A config with DeepSeek-V3's router: the best experts of the best groups, by sigmoid scores and a bias."""

    n_group: int | None
    topk_group: int | None
    num_experts_per_tok: int | None
    norm_topk_prob: bool | None


class GroupedExpertsConfig(GroupedRouterConfig, Protocol):
    """The same, with the number of experts."""

    n_routed_experts: int


def groups_fit(hf: GroupedExpertsConfig) -> bool:
    return not hf.n_group or (hf.n_routed_experts % hf.n_group == 0 and hf.n_routed_experts >= 2 * hf.n_group)


def topk_fits(hf: GroupedExpertsConfig) -> bool:
    return not hf.num_experts_per_tok or hf.num_experts_per_tok <= hf.n_routed_experts


def groups_rank_alike(hf: GroupedRouterConfig) -> bool:
    return (
        not hf.num_experts_per_tok
        or not hf.topk_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 2
    )


def topk_group_fits(hf: GroupedRouterConfig) -> bool:
    return not hf.topk_group or not hf.n_group or hf.topk_group <= hf.n_group


def normalised_if_several(hf: GroupedRouterConfig) -> bool:
    return not hf.num_experts_per_tok or bool(hf.norm_topk_prob) == (hf.num_experts_per_tok > 1)


def norm_topk_prob_of(transformer: TransformerConfig) -> bool | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1


GROUPED_ROUTER = Rows(
    module=__name__,
    rows=(
        Rename(
            "num_experts_per_tok",
            "moe_router_topk",
            required="the number of experts of a token has no default",
        ),
        Constant("moe_router_score_function", "sigmoid", "Hugging Face has no flag: the class scores with a sigmoid."),
        Constant("moe_router_pre_softmax", False, "There is no softmax."),
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor"),
        Constant("moe_router_enable_expert_bias", True, "e_score_correction_bias, which every such router has."),
        Rename("n_group", "moe_router_num_groups", required="transformers cannot route without it"),
        Rename("topk_group", "moe_router_group_topk", required="transformers cannot route without it"),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        Constant("moe_router_dtype", "fp32", "Both sides score in float32, whatever the weights are."),
        *positive("n_routed_experts", "num_experts_per_tok", "n_group", "topk_group", "routed_scaling_factor"),
        Require("num_experts_per_tok", topk_fits, "must be at most n_routed_experts"),
        Require(
            "n_group",
            groups_fit,
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        ),
        Require("topk_group", topk_group_fits, "must be at most n_group"),
        Require(
            "topk_group",
            groups_rank_alike,
            "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
            "num_experts_per_tok // topk_group best experts, and transformers by that of two",
        ),
        Require(
            "norm_topk_prob",
            normalised_if_several,
            "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave "
            "the score of a single one as it is",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
        Ignored("output_router_logits", Kind.INFERENCE, "chooses whether the scores are returned beside the logits"),
    ),
)
"""DeepSeek-V3's router."""
