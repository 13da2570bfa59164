"""How experts are scored and chosen, and how their outputs are weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.table import (
    Attribute,
    Computed,
    Constant,
    Ignored,
    Inverse,
    Kind,
    NoInverse,
    Older,
    Part,
    Rename,
    Row,
    hard_wired,
    layered,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.layers.fields import Layers


EXPERTS_AFTER_DENSE: Final = Part(
    rows=(hard_wired("moe_layer_freq", 1, "every layer after the dense ones has experts"),)
)
"""A key of remote code: experts in every layer after the dense ones."""

REMOTE_ROUTER: Final = Part(
    rows=(
        hard_wired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
    ),
    includes=(EXPERTS_AFTER_DENSE,),
)
"""Keys of the remote code beside DeepSeek's checkpoints that tell the router."""

UNGROUPED: Final = Part(
    rows=(
        Constant("moe_router_num_groups", None, "All experts compete."),
        Constant("moe_router_group_topk", None, "All experts compete."),
    )
)
"""All experts compete with one another."""

NO_JITTER: Final = Part(
    rows=(
        must_be(
            "router_jitter_noise",
            (0.0,),
            "it scales what router and experts read in training, and Megatron's jitter scales what the router reads",
        ),
    )
)
"""No noise on what experts read."""

ROUTER_LOGITS: Final = Part(
    rows=(Ignored("output_router_logits", Kind.INFERENCE, "chooses whether the scores are returned beside the logits"),)
)
"""Router scores may be returned beside the logits."""

ROUTER_LOGITS_UNDECLARED: Final = Older(
    "output_router_logits", "5.19.0", Attribute("output_router_logits", False), "The class did not declare it."
)
"""What older classes did, of which the model has `ROUTER_LOGITS` now."""

SCORED_BY_SIGMOID: Final = Part(
    rows=(
        Constant("moe_router_score_function", "sigmoid", "Hugging Face has no flag: the class scores with a sigmoid."),
        Constant("moe_router_pre_softmax", False, "There is no softmax."),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Both sides score in float32, whatever dtype the weights have; in Megatron that is params_dtype.",
        ),
    ),
    includes=(ROUTER_LOGITS,),
)
"""Experts scored by a sigmoid."""

SOFTMAX_SCORES: Final = Part(
    includes=(UNGROUPED, ROUTER_LOGITS),
    rows=(
        Constant("moe_router_score_function", "softmax", "Hugging Face has no flag: the class scores with a softmax."),
        Constant("moe_router_topk_scaling_factor", None, "Weights of experts are not scaled."),
        Constant("moe_router_enable_expert_bias", False, "The router has no bias."),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are easier to tell apart; transformers takes at least the softmax in float32.",
        ),
    ),
)
"""Experts scored by a softmax, without groups, scale and bias."""


class NormalisedConfig(Protocol):
    """A config that says whether the weights of a token's experts are made to add up to one."""

    norm_topk_prob: bool
    num_experts_per_tok: int


def pre_softmax(hf: NormalisedConfig) -> bool:
    return not hf.norm_topk_prob


def softmax_normalised_of(transformer: TransformerConfig) -> bool:
    return not transformer.moe_router_pre_softmax


def several_if_normalised(hf: NormalisedConfig) -> bool:
    return not (hf.norm_topk_prob and hf.num_experts_per_tok == 1)


def pre_softmax_or_one(hf: NormalisedConfig) -> bool:
    return not hf.norm_topk_prob or hf.num_experts_per_tok == 1


def norm_min_of_one(hf: NormalisedConfig) -> float | None:
    return 0.0 if hf.norm_topk_prob and hf.num_experts_per_tok == 1 else None


def normalised_of(transformer: TransformerConfig, layers: Layers) -> bool:
    return not transformer.moe_router_pre_softmax or layers.moe_router_norm_min is not None


_OVER_WHICH: Final = "Softmax over all experts, or over the chosen ones: the latter is the former, normalised."

_NOT_ONE: Final = require(
    "norm_topk_prob",
    several_if_normalised,
    "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
)

NORMALISED_IF_SAID: Final = Part(
    rows=(
        Computed(
            "moe_router_pre_softmax",
            pre_softmax_or_one,
            _OVER_WHICH,
            inverse=(Inverse("norm_topk_prob", normalised_of),),
        ),
        *layered(
            Computed(
                "moe_router_norm_min",
                norm_min_of_one,
                "Where a token has one expert, whose score is divided by itself.",
                NoInverse("norm_topk_prob is read back beside moe_router_pre_softmax"),
            ),
            otherwise=_NOT_ONE,
        ),
    ),
)
"""Softmax scores that are normalised over a token's experts where the config says so."""

SEVERAL_NORMALISED_IF_SAID: Final = Part(
    rows=(
        Computed(
            "moe_router_pre_softmax",
            pre_softmax,
            _OVER_WHICH,
            inverse=(Inverse("norm_topk_prob", softmax_normalised_of),),
        ),
        _NOT_ONE,
    ),
)
"""The same, in models that cannot have layers of this project."""


class ChosenExpertsConfig(Protocol):
    """A config with the number of experts of a token, which classes with optional experts declare as optional."""

    num_experts_per_tok: int | None


class CountedExpertsConfig(Protocol):
    """A config with the numbers of all experts and of those of a token."""

    num_experts: int
    num_experts_per_tok: int


class LocalExpertsConfig(Protocol):
    """The same, in Mixtral's words."""

    num_local_experts: int
    num_experts_per_tok: int


class ScoredExpertsConfig(Protocol):
    """A config that says whether the weights of a token's experts are made to add up to one."""

    num_experts_per_tok: int
    norm_topk_prob: bool


_NO_OTHER_MLP: Final = NoInverse(
    "it is read back from moe_ffn_hidden_size; no layer has an MLP to which this would belong"
)


def experts_alone(width: str) -> tuple[Row, ...]:
    """The width of experts, in the field that dense models have for their MLPs: no layer has another MLP."""
    return (Rename(width, "moe_ffn_hidden_size"), Rename(width, "ffn_hidden_size", inverse=_NO_OTHER_MLP))


EXPERTS_ALONE: Final = Part(rows=(Rename("moe_intermediate_size", "ffn_hidden_size", inverse=_NO_OTHER_MLP),))
"""The width of experts, where no layer has another MLP."""


def several_experts(hf: ChosenExpertsConfig) -> bool:
    return hf.num_experts_per_tok != 1


_SEVERAL: Final = require(
    "num_experts_per_tok",
    several_experts,
    "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
)


def one_expert(hf: ChosenExpertsConfig) -> bool:
    return hf.num_experts_per_tok == 1


def score_of_one(hf: ChosenExpertsConfig) -> float | None:
    return 0.0 if hf.num_experts_per_tok == 1 else None


NUMBER_IS_READ_BACK: Final = NoInverse("the number of experts of a token is read back from moe_router_topk")

NORMALISED: Final = Part(
    rows=(
        Computed(
            "moe_router_pre_softmax",
            one_expert,
            "A softmax over the chosen experts alone, which of one is its score divided by itself.",
            NUMBER_IS_READ_BACK,
        ),
        *layered(
            Computed("moe_router_norm_min", score_of_one, "Where a token has one expert.", NUMBER_IS_READ_BACK),
            otherwise=_SEVERAL,
        ),
    ),
)
"""Softmax scores that are normalised over a token's experts, always."""

NORMALISED_SEVERAL: Final = Part(
    rows=(
        Constant("moe_router_pre_softmax", False, "A softmax over the chosen experts alone: Hugging Face has no flag."),
        _SEVERAL,
    ),
)
"""The same, in models that cannot have layers of this project."""


def normalised_if_several(hf: ScoredExpertsConfig) -> bool:
    return hf.norm_topk_prob == (hf.num_experts_per_tok > 1)


def normalised_otherwise(hf: ScoredExpertsConfig) -> bool | None:
    return None if hf.norm_topk_prob == (hf.num_experts_per_tok > 1) else hf.norm_topk_prob


def norm_topk_prob_of(transformer: TransformerConfig, layers: Layers) -> bool:
    said = layers.moe_router_norm_topk_prob
    return transformer.moe_router_topk > 1 if said is None else said


NORMALISED_AS_MEGATRON: Final = (
    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave "
    "the score of a single one as it is"
)


def one_normalised(hf: ChosenExpertsConfig) -> bool | None:
    return True if hf.num_experts_per_tok == 1 else None


ONE_NORMALISED: Final = Computed(
    "moe_router_norm_topk_prob",
    one_normalised,
    "Where a token has one expert, whose score the class divides by itself.",
    NUMBER_IS_READ_BACK,
)
"""Sigmoid scores that are normalised over a token's experts, always."""


SIGMOID_SCORES: Final = Part(
    includes=(SCORED_BY_SIGMOID, UNGROUPED),
    rows=(
        Constant("moe_router_topk_scaling_factor", None, "Weights of experts are not scaled."),
        Constant("moe_router_enable_expert_bias", False, "The router has no bias."),
        *layered(
            Computed(
                "moe_router_norm_topk_prob",
                normalised_otherwise,
                "None, where it is as Megatron has it.",
                inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
            ),
            otherwise=require("norm_topk_prob", normalised_if_several, NORMALISED_AS_MEGATRON),
        ),
    ),
)
"""Sigmoid scores without a bias."""


def experts_suffice(hf: CountedExpertsConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


def local_experts_suffice(hf: LocalExpertsConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_local_experts


NUMBERED_EXPERTS: Final = Part(
    includes=(ON_HIDDEN_STATE,),
    rows=(
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        *positive("num_experts", "moe_intermediate_size", "num_experts_per_tok"),
        require("num_experts_per_tok", experts_suffice, "must be at most num_experts"),
    ),
)
"""Experts in Qwen's words."""

LOCAL_EXPERTS: Final = Part(
    includes=(ON_HIDDEN_STATE,),
    rows=(
        Rename("num_local_experts", "num_moe_experts"),
        Rename("num_experts_per_tok", "moe_router_topk"),
        *positive("num_local_experts", "num_experts_per_tok"),
        require("num_experts_per_tok", local_experts_suffice, "must be at most num_local_experts"),
    ),
)
"""Experts in Mixtral's words."""

SHARED_EXPERT_WIDTH: Final = Part(
    rows=(
        Rename("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size"),
        *positive("shared_expert_intermediate_size"),
    ),
)
"""The width of a shared expert."""

GATED_SHARED_EXPERT: Final = Part(
    includes=(SHARED_EXPERT_WIDTH,),
    rows=(Constant("moe_shared_expert_gate", True, "shared_expert_gate: Hugging Face has no flag."),),
)
"""A shared expert with a gate of its own."""
