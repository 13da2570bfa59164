"""Rows about experts that Mixtral's and Qwen's heirs share: how many, how wide, and how they are weighted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.experts import ON_HIDDEN_STATE, SCORED_BY_SIGMOID, UNGROUPED
from codegen.table import Constant, Inverse, NoInverse, Rename, Require, Rows, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


class ChosenExpertsConfig(Protocol):
    """A config with the number of experts of a token."""

    num_experts_per_tok: int


class CountedExpertsConfig(ChosenExpertsConfig, Protocol):
    """The same, with the number of all experts."""

    num_experts: int


class LocalExpertsConfig(ChosenExpertsConfig, Protocol):
    """The same, in Mixtral's words."""

    num_local_experts: int


class ScoredExpertsConfig(ChosenExpertsConfig, Protocol):
    """A config that says whether the weights of a token's experts are made to add up to one."""

    norm_topk_prob: bool


EXPERT_WIDTH: Final = Rename(
    "intermediate_size",
    "moe_ffn_hidden_size",
    back=NoInverse("it is read back from ffn_hidden_size, which has the same value"),
)
"""Of a class in which every MLP is one of experts, and `intermediate_size` the width of each."""

EXPERTS_ALONE: Final = Rename(
    "moe_intermediate_size",
    "ffn_hidden_size",
    back=NoInverse("it is read back from moe_ffn_hidden_size; no layer has an MLP to which this would belong"),
)
"""Of a class that has experts in every layer, and no width for an MLP."""


def several_experts(hf: ChosenExpertsConfig) -> bool:
    return hf.num_experts_per_tok != 1


NORMALISED: Final = Rows(
    module=__name__,
    rows=(
        Constant("moe_router_pre_softmax", False, "A softmax over the chosen experts alone: Hugging Face has no flag."),
        Require(
            "num_experts_per_tok",
            several_experts,
            "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
        ),
    ),
)
"""Softmax scores that add up to one over a token's experts, always."""


def normalised_if_several(hf: ScoredExpertsConfig) -> bool:
    return hf.norm_topk_prob == (hf.num_experts_per_tok > 1)


def norm_topk_prob_of(transformer: TransformerConfig) -> bool:
    return transformer.moe_router_topk > 1


SIGMOID_SCORES: Final = Rows(
    module=__name__,
    rows=(
        *SCORED_BY_SIGMOID,
        Constant("moe_router_topk_scaling_factor", None, "Weights of experts are not scaled."),
        Constant("moe_router_enable_expert_bias", False, "The router has no bias."),
        *UNGROUPED,
        Require(
            "norm_topk_prob",
            normalised_if_several,
            "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave "
            "the score of a single one as it is",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
    ),
)
"""Sigmoid scores without a bias."""


def experts_suffice(hf: CountedExpertsConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


def local_experts_suffice(hf: LocalExpertsConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_local_experts


NUMBERED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        ON_HIDDEN_STATE,
        *positive("num_experts", "moe_intermediate_size", "num_experts_per_tok"),
        Require("num_experts_per_tok", experts_suffice, "must be at most num_experts"),
    ),
)
"""Experts in Qwen's words."""

LOCAL_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Rename("num_local_experts", "num_moe_experts"),
        EXPERT_WIDTH,
        Rename("num_experts_per_tok", "moe_router_topk"),
        ON_HIDDEN_STATE,
        *positive("num_local_experts", "num_experts_per_tok"),
        Require("num_experts_per_tok", local_experts_suffice, "must be at most num_local_experts"),
    ),
)
"""Experts in Mixtral's words."""

SHARED_EXPERT_WIDTH: Final = Rows(
    module=__name__,
    rows=(
        Rename("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size"),
        *positive("shared_expert_intermediate_size"),
    ),
)

GATED_SHARED_EXPERT: Final = Rows(
    module=__name__,
    extends=(SHARED_EXPERT_WIDTH,),
    rows=(Constant("moe_shared_expert_gate", True, "shared_expert_gate: Hugging Face has no flag."),),
)
"""Qwen's shared expert, with a gate of its own."""
