"""Mistral Small 4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import (
    LATENT,
    LATENT_ROPE,
    OPTIONAL_QUERY_LATENT,
    OPTIONAL_V_HEAD_DIM,
    ROPE_INTERLEAVE,
)
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import CHOSEN_GROUPS, GROUPS_OF_TWO, groups_rank_alike
from codegen.parts.experts.placed import FIRST_DENSE
from codegen.parts.experts.routers import ROUTER_LOGITS, ROUTER_LOGITS_UNDECLARED, normalised_of
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    Local,
    NoInverse,
    Otherwise,
    equal_up_to,
    layered,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.mistral4.configuration_mistral4 import Mistral4Config

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.query_scale import (
        growth_of,
        length_of,
        scaled_beyond,
        scaling_mla_rope,
        scaling_mla_rope_parameters,
    )
    from mcore_mappers_runtime.rope import MLARope, rope_parameters_of


def rope(hf: Mistral4Config, check: Check) -> MLARope:
    return scaling_mla_rope(
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
        head=hf.qk_nope_head_dim + hf.qk_rope_head_dim,
        rotated=hf.qk_rope_head_dim,
    )


def rope_parameters_back(model: GPTModelConfig | HybridModelConfig, layers: Layers) -> dict[str, object]:
    return scaling_mla_rope_parameters(model, layers)


def head_is_whole(hf: Mistral4Config, check: Check) -> bool:
    return check.undeclared("head_dim") == hf.qk_nope_head_dim + hf.qk_rope_head_dim


def growth(hf: Mistral4Config) -> float | None:
    return growth_of(rope_parameters_of(hf))


def growth_length(hf: Mistral4Config) -> float | None:
    return length_of(rope_parameters_of(hf))


def unscaled(hf: Mistral4Config) -> int | None:
    return scaled_beyond(rope_parameters_of(hf))


def over_chosen(hf: Mistral4Config) -> bool:
    # Numbers that are not there are refused as such.
    all_groups = not hf.topk_group or not hf.n_group or hf.topk_group == hf.n_group
    return bool(hf.norm_topk_prob) and hf.num_experts_per_tok != 1 and all_groups


def over_all(over_chosen: bool) -> bool:
    return not over_chosen


def normalised_by_megatron(hf: Mistral4Config, over_chosen: bool) -> bool:
    return over_chosen or not hf.norm_topk_prob


def norm_min(hf: Mistral4Config, over_chosen: bool) -> float | None:
    return 0.0 if hf.norm_topk_prob and not over_chosen else None


def alike(ranked_alike: bool) -> bool:
    return ranked_alike


def group_score_topk(ranked_alike: bool) -> int | None:
    return None if ranked_alike else 2


WITH_ROPE: Final = NoInverse("rope_parameters, which is read back, says it")

FAMILY = Family(
    config="transformers.models.mistral4.configuration_mistral4.Mistral4Config",
    # transformers lists it among models for images and texts.
    causal_lm="transformers.models.mistral4.modeling_mistral4.Mistral4ForCausalLM",
    covers="Mistral Small 4.",
    parts=(
        DECODER,
        LATENT,
        OPTIONAL_QUERY_LATENT,
        FIRST_DENSE,
        CHOSEN_GROUPS,
        GROUPS_OF_TWO,
        COUNTED_SHARED_EXPERTS,
        OPTIONAL_V_HEAD_DIM,
        ROPE_INTERLEAVE,
        ROUTED_EXPERTS,
        ROUTER_LOGITS,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    replaces=("rope",),
    rows=(
        Local(
            "rope",
            rope,
            gives=LATENT_ROPE,
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        require(
            "head_dim",
            head_is_whole,
            "must be the sum of qk_nope_head_dim and qk_rope_head_dim, to which transformers sets it: rope is of a "
            "part of that",
        ),
        *layered(
            Computed("query_temperature_scale", growth, "", WITH_ROPE),
            Computed("query_temperature_length", growth_length, "", WITH_ROPE),
            otherwise=equal_up_to(
                "query_temperature",
                "rope_parameters",
                unscaled,
                "queries are scaled by llama_4_scaling_beta and the logarithm of their position, from "
                "original_max_position_embeddings on, and Megatron does not scale them",
            ),
        ),
        Constant("moe_router_score_function", "softmax", "Hugging Face has no flag: the class scores with a softmax."),
        Constant("moe_router_enable_expert_bias", False, "The router has no bias."),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are easier to tell apart than in the dtype of the weights, in which transformers scores.",
        ),
        Local("over_chosen", over_chosen),
        Computed(
            "moe_router_pre_softmax",
            over_all,
            "Softmax over all experts, or over the chosen ones: the latter is the former, normalised.",
            inverse=(Inverse("norm_topk_prob", normalised_of),),
        ),
        *layered(
            Computed(
                "moe_router_norm_min",
                norm_min,
                "Where groups are ranked by scores, or a token has one expert, and scores are normalised.",
                NoInverse("norm_topk_prob is read back beside moe_router_pre_softmax"),
            ),
            otherwise=require(
                "norm_topk_prob",
                normalised_by_megatron,
                "must be False where not all groups are chosen or a token has one expert: Megatron normalises by a "
                "softmax over the chosen experts, which ranks groups by sums of logits, and which it rejects for one",
            ),
        ),
        Local("ranked_alike", groups_rank_alike),
        *layered(
            Computed(
                "moe_router_group_score_topk",
                group_score_topk,
                "A group ranks by its two best experts.",
                NoInverse("transformers ranks groups so always"),
            ),
            otherwise=require(
                "topk_group",
                alike,
                "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
                "num_experts_per_tok // topk_group best experts, and transformers by that of two",
            ),
        ),
    ),
    older=(
        ROUTER_LOGITS_UNDECLARED,
        Otherwise(
            "rope_parameters.mscale_all_dim",
            "5.15.0",
            "it scaled cosines and sines alone, and not the softmax",
            unless=(None, 0),
        ),
    ),
)
