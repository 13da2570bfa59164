"""Arcee's Trinity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import MUP
from codegen.parts.decoder.norms import SANDWICH_NORMS
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import EXPERT_LAYERS
from codegen.parts.experts.routers import ONE_NORMALISED, SCORED_BY_SIGMOID, UNGROUPED
from codegen.parts.positions.rope import ROPE
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
    Weight,
    hard_wired,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.afmoe.configuration_afmoe import AfmoeConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.experts import count_shared_experts
    from mcore_mappers_runtime.hybrid import by_symbol, experts_by_layer
    from mcore_mappers_runtime.layer_kinds import dense_first
    from mcore_mappers_runtime.positions import no_rope_where_full


def softmax_scale(head_dim: int) -> float:
    return 1 / math.sqrt(head_dim)


def embedding_multiplier(hf: AfmoeConfig) -> float:
    return math.sqrt(hf.hidden_size) if hf.mup_enabled else 1.0


def mup_enabled_of(transformer: TransformerConfig) -> bool:
    return transformer.mup_embedding_mult != 1.0


def no_rope_freq(sliding: list[int]) -> list[int] | None:
    return no_rope_where_full(sliding)


def no_rope_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(no_rope_where_full(sliding))


def expert_layers(hf: AfmoeConfig) -> list[int]:
    return dense_first(hf.num_hidden_layers, hf.num_dense_layers or 0)


def says_where_experts_begin(hf: AfmoeConfig) -> bool:
    return hf.num_dense_layers is not None


def num_dense_layers_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return experts_by_layer(model).count(0)


def num_shared_experts(hf: AfmoeConfig, check: Check) -> int:
    return check.given("num_shared_experts", hf.num_shared_experts, "transformers multiplies by it")


def shared_experts(hf: AfmoeConfig, num_shared_experts: int) -> int | None:
    return hf.moe_intermediate_size * num_shared_experts or None


def num_shared_experts_of(transformer: TransformerConfig) -> int:
    return count_shared_experts(transformer)


def topk_fits(hf: AfmoeConfig) -> bool:
    return not hf.num_experts_per_tok or not hf.num_experts or hf.num_experts_per_tok <= hf.num_experts


SAID_BY_LAYER_TYPES = NoInverse("layer_types, which is read back, says which layers have a window, and those have rope")

FAMILY = Family(
    config="transformers.models.afmoe.configuration_afmoe.AfmoeConfig",
    covers="Arcee's Trinity.",
    lacks=Lacks(
        "transformers.models.afmoe.modeling_afmoe.AfmoeDecoderLayer.post_mlp_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        HEAD_DIM,
        QK_NORM,
        NO_ATTENTION_BIAS,
        GIVEN_WINDOW,
        SANDWICH_NORMS,
        MUP,
        EXPERT_LAYERS,
        SCORED_BY_SIGMOID,
        UNGROUPED,
        ON_HIDDEN_STATE,
        BALANCED_BY_BIAS,
    ),
    targets=(GPT, HYBRID),
    weights=(
        Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.post_attention_layernorm.weight"),
        Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_mlp_layernorm.weight"),
    ),
    rows=(
        Constant("attention_output_gate", True, "gate_proj of the attention: Hugging Face has no flag."),
        Computed(
            "mup_embedding_mult",
            embedding_multiplier,
            "",
            inverse=(Inverse("mup_enabled", mup_enabled_of),),
        ),
        Constant("mup_output_mult", 1.0, "Logits are what the output layer yields."),
        Computed(
            "softmax_scale",
            softmax_scale,
            "As ever; with use_mup Megatron has another, if it is left out.",
            inverse=NoInverse("it follows from head_dim, which is read back from kv_channels"),
        ),
        Local("expert_layers", expert_layers, inverse=(Inverse("num_dense_layers", num_dense_layers_back),)),
        Rename("num_experts", "num_moe_experts", required=True),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Rename("num_experts_per_tok", "moe_router_topk", required=True),
        Rename("route_scale", "moe_router_topk_scaling_factor", required=True, unset=1.0),
        Constant("moe_router_enable_expert_bias", True, "expert_bias: Hugging Face has no flag."),
        Local("num_shared_experts", num_shared_experts),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("num_shared_experts", num_shared_experts_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        *positive("moe_intermediate_size", "num_experts", "num_experts_per_tok", "route_scale"),
        *not_negative("num_dense_layers", "num_shared_experts"),
        ONE_NORMALISED,
        require(
            "num_dense_layers",
            says_where_experts_begin,
            "must be given: transformers compares it with every layer",
        ),
        require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        Ignored(
            "global_attn_every_n_layers",
            Kind.DEAD,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
        hard_wired("score_func", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("route_norm", True, "the class makes the weights of a token's experts add up to one always"),
        *(
            hard_wired(key, 1, "all experts of the class compete")
            for key in ("n_group", "topk_group", "num_expert_groups", "num_limited_groups")
        ),
        Unread("load_balance_coeff", "how fast the biases of experts moved in training"),
        Unread("use_grouped_mm", "which kernel computes experts"),
    ),
    gpt=(
        Computed(
            "no_rope_freq", no_rope_freq, "1 for a layer without positions: each without a window.", SAID_BY_LAYER_TYPES
        ),
    ),
    hybrid=(
        Computed(
            "no_rope_freq",
            no_rope_by_symbol,
            "1 for a layer without positions; every layer has two symbols.",
            SAID_BY_LAYER_TYPES,
        ),
    ),
)
