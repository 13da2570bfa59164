"""Granite 4: Mamba-2 or attention, and experts or an MLP, in every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import MULTIPLIERS
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.granite import BALANCED
from codegen.parts.experts.placed import EXPERT_LAYERS
from codegen.parts.experts.routers import SOFTMAX_SCORES
from codegen.parts.files.lineages import GRANITE
from codegen.parts.positions.rope import HYBRID_ROPE, ROPE_KEYS, yarn
from codegen.parts.recurrent.bamba import MIXER
from codegen.parts.stack.kinds import MIXERS_BY_NAME
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    Local,
    NoInverse,
    Older,
    layered,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.granitemoehybrid.configuration_granitemoehybrid import GraniteMoeHybridConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.delta_net import linear_layers, linear_types
    from mcore_mappers_runtime.maybe_rope import rope_if, rope_parameters_if_rotary, rotates
    from mcore_mappers_runtime.rope import HybridRope, rope_parameters_of


def num_local_experts(hf: GraniteMoeHybridConfig, check: Check) -> int:
    return check.given("num_local_experts", hf.num_local_experts, "transformers compares it with zero") or 0


def num_local_experts_of(transformer: TransformerConfig) -> int:
    return transformer.num_moe_experts or 0


def linear(hf: GraniteMoeHybridConfig, check: Check) -> list[int]:
    return linear_layers(check, hf.layer_types, hf.num_hidden_layers)


def mixers_of_layers(linear: list[int]) -> str:
    return "".join("M" if each else "*" for each in linear)


def expert_layers(linear: list[int], num_local_experts: int) -> list[int]:
    return [int(num_local_experts > 0) for _ in linear]


def layer_types_back(model: HybridModelConfig) -> list[str]:
    return linear_types(model)


def rope(hf: GraniteMoeHybridConfig, check: Check) -> HybridRope:
    return rope_if(
        hf.position_embedding_type == "rope",
        check,
        rope_parameters_of(hf),
        max_position_embeddings=hf.max_position_embeddings,
    )


def rope_parameters_back(model: HybridModelConfig) -> dict[str, object] | NotCarried:
    return rope_parameters_if_rotary(model)


def position_embedding_type_back(model: HybridModelConfig) -> str | None:
    return "rope" if rotates(model) else None


def num_moe_experts(num_local_experts: int) -> int | None:
    return num_local_experts or None


def router_topk(hf: GraniteMoeHybridConfig, check: Check, num_local_experts: int) -> int:
    return (
        check.given("num_experts_per_tok", hf.num_experts_per_tok, "transformers cannot route without it")
        if num_local_experts
        else 2
    )


def no_experts_or_enough(hf: GraniteMoeHybridConfig) -> bool:
    return (
        not hf.num_local_experts
        or hf.num_experts_per_tok is None
        or 1 <= hf.num_experts_per_tok <= hf.num_local_experts
    )


def no_experts_or_several(router_topk: int) -> bool:
    return router_topk != 1


def one_expert(router_topk: int) -> bool:
    return router_topk == 1


def score_of_one(router_topk: int) -> float | None:
    return 0.0 if router_topk == 1 else None


def no_experts_or_width(hf: GraniteMoeHybridConfig) -> bool:
    return not hf.num_local_experts or hf.intermediate_size > 0


def moe_router_topk(router_topk: int) -> int:
    return router_topk


def num_experts_per_tok_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk


def moe_ffn_hidden_size(hf: GraniteMoeHybridConfig, num_local_experts: int) -> int | None:
    return hf.intermediate_size if num_local_experts else None


def intermediate_size_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.moe_ffn_hidden_size is None else transformer.moe_ffn_hidden_size


def shared_expert_size(hf: GraniteMoeHybridConfig, num_local_experts: int) -> int | None:
    return hf.shared_intermediate_size if num_local_experts else None


def ffn_hidden_size(hf: GraniteMoeHybridConfig) -> int:
    return hf.shared_intermediate_size


def shared_intermediate_size_of(transformer: TransformerConfig) -> int:
    return transformer.moe_shared_expert_intermediate_size or transformer.ffn_hidden_size or 0


FAMILY = Family(
    config="transformers.models.granitemoehybrid.configuration_granitemoehybrid.GraniteMoeHybridConfig",
    covers="Granite 4.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE_KEYS,
        UNDECLARED_HEAD_DIM,
        ATTENTION_BIAS,
        MULTIPLIERS,
        MIXER,
        SOFTMAX_SCORES,
        BALANCED,
        ON_HIDDEN_STATE,
        EXPERT_LAYERS,
        GRANITE,
    ),
    targets=(HYBRID,),
    replaces=("mixers", "intermediate_size"),
    rows=(
        Local("num_local_experts", num_local_experts, inverse=(Inverse("num_local_experts", num_local_experts_of),)),
        Local("linear", linear, inverse=(Inverse("layer_types", layer_types_back),)),
        Local("mixers", mixers_of_layers),
        Local("expert_layers", expert_layers),
        Local(
            "rope",
            rope,
            gives=HYBRID_ROPE,
            wrap=yarn,
            inverse=(
                Inverse("rope_parameters", rope_parameters_back),
                Inverse("position_embedding_type", position_embedding_type_back),
            ),
        ),
        Computed(
            "ffn_hidden_size",
            ffn_hidden_size,
            "An MLP that all tokens share, beside the experts or alone.",
            inverse=(Inverse("shared_intermediate_size", shared_intermediate_size_of),),
        ),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_expert_size,
            "",
            inverse=NoInverse("shared_intermediate_size is read back beside ffn_hidden_size"),
        ),
        Constant("moe_shared_expert_gate", False, "The shared MLP is added as it is."),
        Computed(
            "num_moe_experts",
            num_moe_experts,
            "None in a model without experts.",
            inverse=NoInverse("num_local_experts is read back where it is checked"),
        ),
        Computed(
            "moe_ffn_hidden_size",
            moe_ffn_hidden_size,
            "The width of experts alone.",
            inverse=(Inverse("intermediate_size", intermediate_size_of),),
        ),
        Local("router_topk", router_topk, inverse=(Inverse("num_experts_per_tok", num_experts_per_tok_of),)),
        Computed(
            "moe_router_topk",
            moe_router_topk,
            "",
            inverse=NoInverse("num_experts_per_tok is read back where it is checked"),
        ),
        Computed(
            "moe_router_pre_softmax",
            one_expert,
            "A softmax over the chosen experts alone, which of one is its score divided by itself.",
            inverse=NoInverse("num_experts_per_tok is read back where it is checked"),
        ),
        *layered(
            Computed(
                "moe_router_norm_min",
                score_of_one,
                "Where a token has one expert.",
                inverse=NoInverse("num_experts_per_tok is read back where it is checked"),
            ),
            otherwise=require(
                "num_experts_per_tok",
                no_experts_or_several,
                "must be two or more, unless num_local_experts is zero: Megatron rejects a softmax over the chosen "
                "experts if there is one",
            ),
        ),
        *positive("shared_intermediate_size"),
        require(
            "num_experts_per_tok",
            no_experts_or_enough,
            "must be one at least, and at most num_local_experts, unless that is zero",
        ),
        require(
            "intermediate_size", no_experts_or_width, "must be above zero in a model with experts, which are so wide"
        ),
        *not_negative("num_local_experts", "num_experts_per_tok"),
    ),
    older=(Older("layer_types", "5.13.0", MIXERS_BY_NAME, "Mixers had names of their own."),),
    older_types={"linear_attention": "mamba", "full_attention": "attention"},
)
