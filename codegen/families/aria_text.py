"""The language model of Aria: Llama's attention, experts and ungated shared experts in every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import NUMBER_IS_READ_BACK, SOFTMAX_SCORES, experts_alone
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Computed, Constant, Family, Inverse, Rename, layered, must_be, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.aria.configuration_aria import AriaTextConfig

    from mcore_mappers._tables import ACTIVATIONS


def activation_is_silu(hf: AriaTextConfig) -> bool:
    # A name that is unknown is refused for that.
    return hf.hidden_act in ("silu", "swish") or hf.hidden_act not in ACTIVATIONS


def several_experts(hf: AriaTextConfig) -> bool:
    return hf.moe_topk != 1


def one_expert(hf: AriaTextConfig) -> bool:
    return hf.moe_topk == 1


def score_of_one(hf: AriaTextConfig) -> float | None:
    return 0.0 if hf.moe_topk == 1 else None


def experts_suffice(hf: AriaTextConfig) -> bool:
    return hf.moe_topk <= hf.moe_num_experts


def shared_experts(hf: AriaTextConfig) -> int:
    return hf.intermediate_size * hf.moe_num_shared_experts


def moe_num_shared_experts_of(transformer: TransformerConfig) -> int:
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width else 0


FAMILY = Family(
    config="transformers.models.aria.configuration_aria.AriaTextConfig",
    covers="The language model of Aria.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        ATTENTION_BIAS,
        ALL_EXPERTS,
        SOFTMAX_SCORES,
        HEAD_DIM,
        ONE_KIND_OF_LAYER,
        ON_HIDDEN_STATE,
        ONE_RANK,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size", "output_router_logits"),
    rows=(
        *experts_alone("intermediate_size"),
        must_be("mlp_bias", (False,), "it biases the shared experts alone, and Megatron has no such bias"),
        require(
            "hidden_act",
            activation_is_silu,
            "must be 'silu' or 'swish': it is the activation of the shared experts alone, and the others have that "
            "always",
        ),
        Rename("moe_num_experts", "num_moe_experts"),
        Rename("moe_topk", "moe_router_topk"),
        Computed(
            "moe_router_pre_softmax",
            one_expert,
            "A softmax over the chosen experts alone, which of one is its score divided by itself.",
            NUMBER_IS_READ_BACK,
        ),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("moe_num_shared_experts", moe_num_shared_experts_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        *positive("moe_num_experts", "moe_topk", "moe_num_shared_experts"),
        *layered(
            Computed("moe_router_norm_min", score_of_one, "Where a token has one expert.", NUMBER_IS_READ_BACK),
            otherwise=require(
                "moe_topk",
                several_experts,
                "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
            ),
        ),
        require("moe_topk", experts_suffice, "must be at most moe_num_experts"),
    ),
)
