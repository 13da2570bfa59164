"""DeepSeek-MoE 16B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.balancing import BALANCING, BALANCING_WHY
from codegen.parts.experts.counted import ON_HIDDEN_STATE
from codegen.parts.experts.placed import EXPERT_LAYERS
from codegen.parts.experts.routers import SOFTMAX_SCORES
from codegen.parts.positions.rope import ROPE
from codegen.table import (
    Computed,
    Constant,
    Family,
    Inverse,
    Local,
    NoInverse,
    Rename,
    must_be,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.described.deepseek import DeepseekConfig
    from mcore_mappers_runtime.experts import LoadBalancingFields, count_shared_experts, load_balancing
    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.layer_kinds import first_and_step, from_layer_on


def expert_layers(hf: DeepseekConfig) -> list[int]:
    return from_layer_on(hf.num_hidden_layers, hf.first_k_dense_replace, hf.moe_layer_freq)


def first_k_dense_replace_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return first_and_step(experts_by_layer(model))[0]


def moe_layer_freq_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return first_and_step(experts_by_layer(model))[1]


def shared_experts(hf: DeepseekConfig) -> int | None:
    return hf.moe_intermediate_size * (hf.n_shared_experts or 0) or None


def n_shared_experts_of(transformer: TransformerConfig) -> int | None:
    return count_shared_experts(transformer) or None


def pre_softmax(hf: DeepseekConfig) -> bool:
    return not hf.norm_topk_prob or hf.num_experts_per_tok == 1


def norm_topk_prob_of(transformer: TransformerConfig) -> bool | NotCarried:
    return NOT_CARRIED if transformer.moe_router_topk == 1 else not transformer.moe_router_pre_softmax


def topk_fits(hf: DeepseekConfig) -> bool:
    return not hf.num_experts_per_tok or not hf.n_routed_experts or hf.num_experts_per_tok <= hf.n_routed_experts


def balancing(hf: DeepseekConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="seq_aux_loss" if hf.seq_aux else "aux_loss", coefficient=hf.aux_loss_alpha)


FAMILY = Family(
    config="mcore_mappers_runtime.described.deepseek.DeepseekConfig",
    architectures=("DeepseekForCausalLM",),
    covers="DeepSeek-MoE 16B.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        DERIVED_HEAD_DIM,
        ATTENTION_BIAS,
        EXPERT_LAYERS,
        SOFTMAX_SCORES,
        ON_HIDDEN_STATE,
        ONE_RANK,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Local(
            "expert_layers",
            expert_layers,
            inverse=(
                Inverse("first_k_dense_replace", first_k_dense_replace_back),
                Inverse("moe_layer_freq", moe_layer_freq_back),
            ),
        ),
        Rename("n_routed_experts", "num_moe_experts", required=True),
        Rename("num_experts_per_tok", "moe_router_topk", required=True),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Computed(
            "moe_router_pre_softmax",
            pre_softmax,
            "Softmax over all experts, or over the chosen ones, which normalises them, but never a single one.",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("n_shared_experts", n_shared_experts_of),),
        ),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        must_be("scoring_func", ("softmax",), "the code beside the checkpoint knows no other"),
        Computed(
            BALANCING,
            balancing,
            BALANCING_WHY,
            NoInverse("a training choice that callers override; what the checkpoint had is no part of the model"),
        ),
        *positive("n_routed_experts", "num_experts_per_tok", "moe_intermediate_size", "moe_layer_freq"),
        *not_negative("first_k_dense_replace", "n_shared_experts", "aux_loss_alpha"),
        require("num_experts_per_tok", topk_fits, "must be at most n_routed_experts"),
    ),
)
