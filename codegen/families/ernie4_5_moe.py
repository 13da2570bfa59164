"""ERNIE 4.5 with experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import attention_bias_of
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION
from codegen.parts.experts.balancing import BALANCING, BALANCING_WHY
from codegen.parts.experts.counted import ON_HIDDEN_STATE, n_shared_experts_of
from codegen.parts.experts.placed import EXPERT_LAYERS
from codegen.parts.experts.routers import SOFTMAX_SCORES
from codegen.parts.positions.rope import INTERLEAVED_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    Lacks,
    Local,
    NoInverse,
    Rename,
    Weight,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.ernie4_5_moe.configuration_ernie4_5_moe import Ernie4_5_MoeConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing
    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.layer_kinds import between_layers, first_last_and_step


def unbiased(hf: Ernie4_5_MoeConfig) -> bool:
    return not hf.use_bias


def expert_layers(hf: Ernie4_5_MoeConfig, check: Check) -> list[int]:
    return between_layers(
        hf.num_hidden_layers,
        check.given("moe_layer_start_index", hf.moe_layer_start_index, "transformers compares it with every layer")
        or 0,
        check.given("moe_layer_end_index", hf.moe_layer_end_index, "transformers compares it with every layer") or 0,
        check.given("moe_layer_interval", hf.moe_layer_interval, "transformers divides layers by it") or 0,
    )


def start_index_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return first_last_and_step(experts_by_layer(model)).first


def end_index_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return first_last_and_step(experts_by_layer(model)).last


def interval_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return first_last_and_step(experts_by_layer(model)).step


def num_shared_experts(hf: Ernie4_5_MoeConfig, check: Check) -> int:
    return check.given("moe_num_shared_experts", hf.moe_num_shared_experts, "transformers compares it with zero")


def shared_experts(hf: Ernie4_5_MoeConfig, num_shared_experts: int) -> int | None:
    return hf.moe_intermediate_size * num_shared_experts or None


def experts_suffice(hf: Ernie4_5_MoeConfig) -> bool:
    return not hf.moe_k or not hf.moe_num_experts or hf.moe_k <= hf.moe_num_experts


def balancing(hf: Ernie4_5_MoeConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef or 0.0)


FAMILY = Family(
    config="transformers.models.ernie4_5_moe.configuration_ernie4_5_moe.Ernie4_5_MoeConfig",
    covers="ERNIE 4.5 of 21B and 300B, with experts.",
    lacks=Lacks(
        "transformers.models.ernie4_5_moe.modeling_ernie4_5_moe.Ernie4_5_MoeStatics.e_score_correction_bias",
        "experts chosen by softmax scores with a bias; Megatron has that bias for other scores only",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        INTERLEAVED_ROPE,
        UNDECLARED_HEAD_DIM,
        EXPERT_LAYERS,
        SOFTMAX_SCORES,
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT,),
    replaces=("attention_dropout", "moe_router_enable_expert_bias"),
    rows=(
        NO_DROPOUT_IN_ATTENTION,
        require(
            "use_bias",
            unbiased,
            "must be False: it biases the output layer and no expert; Megatron biases all linear layers but that one",
            inverse=(Inverse("use_bias", attention_bias_of),),
        ),
        Constant("add_bias_linear", False, "No linear layer has a bias when use_bias is False."),
        Local(
            "expert_layers",
            expert_layers,
            inverse=(
                Inverse("moe_layer_start_index", start_index_back),
                Inverse("moe_layer_end_index", end_index_back),
                Inverse("moe_layer_interval", interval_back),
            ),
        ),
        Rename("moe_num_experts", "num_moe_experts", required=True),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Rename("moe_k", "moe_router_topk", required=True),
        Local("num_shared_experts", num_shared_experts),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("moe_num_shared_experts", n_shared_experts_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        Constant(
            "moe_router_enable_expert_bias", False, "Megatron rejects it for softmax scores; layers have the bias."
        ),
        Constant("moe_router_pre_softmax", True, "Softmax over all experts: Hugging Face has no flag."),
        Constant("moe_router_softmax_expert_bias", True, "e_score_correction_bias: Hugging Face has no flag."),
        Rename("moe_norm_min", "moe_router_norm_min", required="transformers divides by it, or by more"),
        Computed(
            BALANCING,
            balancing,
            BALANCING_WHY,
            NoInverse("a training choice that callers override; what the checkpoint had is no part of the model"),
        ),
        *positive("moe_num_experts", "moe_k", "moe_intermediate_size", "moe_layer_interval"),
        *not_negative("moe_layer_start_index", "moe_layer_end_index"),
        *not_negative("moe_num_shared_experts", "moe_norm_min", "router_aux_loss_coef"),
        require("moe_k", experts_suffice, "must be at most moe_num_experts"),
    ),
    weights=(
        Weight(
            "mlp.router.expert_bias",
            "model.layers.{layer}.mlp.gate.moe_statics.e_score_correction_bias",
            transform="flattened",
        ),
    ),
)
