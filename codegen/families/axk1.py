"""A.X K1, as far as no layer has experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_MLA, HYBRID_MLA
from codegen.parts.attention.latents import LATENT, QUERY_LATENT, ROPE_INTERLEAVE, UNDECLARED_ROPE_DIM, V_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.routers import ROUTER_LOGITS, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK, when_built
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Dense,
    Family,
    Ignored,
    Inverse,
    Kind,
    Older,
    Since,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.axk1.configuration_axk1 import AXK1Config

    from mcore_mappers_runtime.windows import window_types


def no_layer_has_experts(hf: AXK1Config) -> bool:
    return hf.mlp_layer_types == ["dense"] * hf.num_hidden_layers


def mlp_layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return ["dense" for _ in window_types(model)]


FAMILY = Family(
    config="transformers.models.axk1.configuration_axk1.AXK1Config",
    covers="A.X K1 without experts; the published one has them.",
    parts=(
        DECODER,
        LATENT,
        QUERY_LATENT,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        ROUTER_LOGITS,
        DENSE,
        DEEPSEEK,
    ),
    targets=(GPT_MLA, HYBRID_MLA),
    rows=(
        require(
            "mlp_layer_types",
            no_layer_has_experts,
            "must be 'dense' for every layer: experts of the class have a norm after them, before the residual, and "
            "Megatron's have none",
            inverse=(Inverse("mlp_layer_types", mlp_layer_types_back),),
        ),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to experts, which no layer has")
            for name in (
                *("moe_intermediate_size", "n_shared_experts", "n_routed_experts", "num_experts_per_tok"),
                *("n_group", "topk_group", "norm_topk_prob", "routed_scaling_factor"),
            )
        ),
        *(when_built(key, "mlp_layer_types") for key in ("first_k_dense_replace", "moe_layer_freq")),
    ),
    since=Since("5.15.0", "There was no such class."),
    older=(
        ROUTER_LOGITS_UNDECLARED,
        Older("mlp_layer_types", "5.20.0", Dense("first_k_dense_replace"), "The class counted dense layers."),
    ),
)
