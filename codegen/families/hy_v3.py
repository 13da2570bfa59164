"""Hunyuan 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import ON_HIDDEN_STATE, UNBIASED_EXPERTS
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import ONE_NORMALISED, SCORED_BY_SIGMOID, UNGROUPED
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    Computed,
    Constant,
    Family,
    Ignored,
    Inverse,
    Kind,
    Local,
    Rename,
    Since,
    layered,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.hy_v3.configuration_hy_v3 import HYV3Config

    from mcore_mappers_runtime.check import Check


def topk_fits(hf: HYV3Config) -> bool:
    return not hf.num_experts_per_tok or not hf.num_experts or hf.num_experts_per_tok <= hf.num_experts


def several(hf: HYV3Config) -> bool:
    return hf.num_experts_per_tok != 1


def num_shared_experts(hf: HYV3Config, check: Check) -> int:
    return check.given("num_shared_experts", hf.num_shared_experts, "transformers multiplies by it")


def shared_experts(hf: HYV3Config, num_shared_experts: int) -> int:
    return hf.moe_intermediate_size * num_shared_experts or hf.intermediate_size


def num_shared_experts_of(transformer: TransformerConfig) -> int:
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width and shared % width == 0 else 0


FAMILY = Family(
    config="transformers.models.hy_v3.configuration_hy_v3.HYV3Config",
    covers="Hunyuan 3.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        QK_NORM,
        ATTENTION_BIAS,
        LISTED_EXPERTS,
        BALANCED_BY_BIAS,
        GIVEN_HEAD_DIM,
        UNBIASED_EXPERTS,
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
        SCORED_BY_SIGMOID,
        UNGROUPED,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Rename("num_experts", "num_moe_experts", required=True),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Local("num_shared_experts", num_shared_experts),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together; with none, transformers makes it a dense one.",
            inverse=(Inverse("num_shared_experts", num_shared_experts_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        Rename("num_experts_per_tok", "moe_router_topk", required=True),
        Rename("router_scaling_factor", "moe_router_topk_scaling_factor", unset=1.0),
        Constant("moe_router_enable_expert_bias", True, "e_score_correction_bias, which every layer of experts has."),
        *positive("num_experts", "num_experts_per_tok", "moe_intermediate_size", "router_scaling_factor"),
        *not_negative("num_shared_experts"),
        require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        *layered(
            ONE_NORMALISED,
            otherwise=require(
                "num_experts_per_tok",
                several,
                "must be two or more: the class makes the score of a single expert one, and Megatron leaves it as it "
                "is",
            ),
        ),
        Ignored(
            "enable_moe_fp32_combine",
            Kind.INFERENCE,
            "two numbers are added in float32 and rounded once either way, as torch does it for every dtype",
        ),
    ),
    since=Since("5.6.0", "There was no such class."),
)
