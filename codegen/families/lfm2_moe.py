"""LFM2 with experts, as far as every layer has attention and no weights of experts are normalised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import EXPERT_LAYERS
from codegen.parts.experts.routers import NUMBERED_EXPERTS, ROUTER_LOGITS_UNDECLARED, SIGMOID_SCORES
from codegen.parts.files.lineages import LIQUID
from codegen.parts.mlp.gates import LFM
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import no_other_attention
from codegen.table import Constant, Family, Inverse, Local, Rename, not_negative, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.lfm2_moe.configuration_lfm2_moe import Lfm2MoeConfig

    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.layer_kinds import dense_first


def expert_layers(hf: Lfm2MoeConfig) -> list[int]:
    return dense_first(hf.num_hidden_layers, hf.num_dense_layers)


def num_dense_layers_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return experts_by_layer(model).count(0)


def scores_are_weights(hf: Lfm2MoeConfig, expert_layers: list[int]) -> bool:
    return not any(expert_layers) or (hf.num_experts_per_tok == 1 and not hf.norm_topk_prob)


def norm_topk_prob_of(transformer: TransformerConfig) -> bool:
    return transformer.moe_router_topk > 1


FAMILY = Family(
    config="transformers.models.lfm2_moe.configuration_lfm2_moe.Lfm2MoeConfig",
    covers="LFM2 with experts, with attention in every layer and one expert for each token; published ones have "
    "convolutions in most.",
    parts=(
        SIZES,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        NO_BIAS,
        LFM,
        NUMBERED_EXPERTS,
        NO_SHARED_EXPERTS,
        SIGMOID_SCORES,
        BALANCED_BY_BIAS,
        EXPERT_LAYERS,
        LIQUID,
    ),
    targets=(GPT, HYBRID),
    replaces=(
        *("attention_dropout", "norm_topk_prob", "moe_router_norm_topk_prob", "moe_router_dtype"),
        *("moe_router_topk_scaling_factor", "moe_router_enable_expert_bias"),
    ),
    rows=(
        no_other_attention("Megatron has no gated short convolutions"),
        NO_DROPOUT_IN_ATTENTION,
        Local("expert_layers", expert_layers, inverse=(Inverse("num_dense_layers", num_dense_layers_back),)),
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor", unset=1.0),
        Rename("use_expert_bias", "moe_router_enable_expert_bias"),
        Constant("moe_router_dtype", "fp32", "Close scores are easier to tell apart."),
        require(
            "norm_topk_prob",
            scores_are_weights,
            "must be False, and num_experts_per_tok 1, where a layer has experts: transformers adds 1e-6 to the sum "
            "by which it normalises scores, and Megatron next to nothing; it normalises those of several always",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
        *positive("routed_scaling_factor"),
        *not_negative("num_dense_layers"),
    ),
    older=(ROUTER_LOGITS_UNDECLARED,),
)
