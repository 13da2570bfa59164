"""The language model of Aria: Llama's attention, experts and ungated shared experts in every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import NO_ATTENTION_BIAS
from codegen.families.decoder import (
    DECODER,
    GROUPED_QUERY,
    KERNELS_OF_EXPERTS,
    ONE_KIND_OF_LAYER,
    ONE_RANK,
    ROPE,
)
from codegen.families.experts import ALL_EXPERTS, ON_HIDDEN_STATE, SOFTMAX_SCORES
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.routers import EXPERT_WIDTH
from codegen.families.targets import GPT
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    MustBe,
    Rename,
    Require,
    Rows,
    positive,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.aria.configuration_aria import AriaTextConfig

    from mcore_mappers._tables import ACTIVATIONS


def activation_is_silu(hf: AriaTextConfig) -> bool:
    # A name that is unknown is refused for that.
    return hf.hidden_act in ("silu", "swish") or hf.hidden_act not in ACTIVATIONS


def several_experts(hf: AriaTextConfig) -> bool:
    return hf.moe_topk != 1


def experts_suffice(hf: AriaTextConfig) -> bool:
    return hf.moe_topk <= hf.moe_num_experts


def shared_experts(hf: AriaTextConfig) -> int:
    return hf.intermediate_size * hf.moe_num_shared_experts


def moe_num_shared_experts_of(transformer: TransformerConfig) -> int:
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width else 0


TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, NO_ATTENTION_BIAS),
        *(ALL_EXPERTS, SOFTMAX_SCORES, KERNELS_OF_EXPERTS),
        HEAD_DIM,
    ),
    drop=("output_router_logits",),
    rows=(
        ONE_KIND_OF_LAYER,
        MustBe("mlp_bias", (False,), "it biases the shared experts alone, and Megatron has no such bias"),
        Require(
            "hidden_act",
            activation_is_silu,
            "must be 'silu' or 'swish': it is the activation of the shared experts alone, and the others have that "
            "always",
        ),
        Rename("moe_num_experts", "num_moe_experts"),
        EXPERT_WIDTH,
        Rename("moe_topk", "moe_router_topk"),
        Constant("moe_router_pre_softmax", False, "A softmax over the chosen experts alone: Hugging Face has no flag."),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("moe_num_shared_experts", moe_num_shared_experts_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        ON_HIDDEN_STATE,
        *positive("moe_num_experts", "moe_topk", "moe_num_shared_experts"),
        Require(
            "moe_topk",
            several_experts,
            "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
        ),
        Require("moe_topk", experts_suffice, "must be at most moe_num_experts"),
        ONE_RANK,
    ),
)

ARIA_TEXT = Family(
    name="aria_text",
    config_class="transformers.models.aria.configuration_aria.AriaTextConfig",
    target=GPT,
    table=TABLE,
    covers="The language model of Aria.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE),
)
