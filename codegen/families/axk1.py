"""A.X K1, as far as no layer has experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import DECODER, KERNELS_WITHOUT_ROPE, ONE_KIND_OF_LAYER, ONE_RANK
from codegen.families.experts import ROUTER_LOGITS
from codegen.families.hybrid import as_hybrid
from codegen.families.latent import LATENT, LATENT_DENSE, ROPE_INTERLEAVE, UNDECLARED_ROPE_DIM, V_HEAD_DIM
from codegen.families.targets import GPT_MLA, HYBRID_MLA
from codegen.table import Family, Ignored, Inverse, Kind, Require, Rows

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.axk1.configuration_axk1 import AXK1Config

    from mcore_mappers_runtime.windows import window_types


def no_layer_has_experts(hf: AXK1Config) -> bool:
    return hf.mlp_layer_types == ["dense"] * hf.num_hidden_layers


def mlp_layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return ["dense" for _ in window_types(model)]


TABLE = Rows(
    module=__name__,
    extends=(DECODER, LATENT, KERNELS_WITHOUT_ROPE),
    rows=(
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        V_HEAD_DIM,
        UNDECLARED_ROPE_DIM,
        ROPE_INTERLEAVE,
        Require(
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
        ROUTER_LOGITS,
    ),
)

AXK1 = Family(
    name="axk1",
    config_class="transformers.models.axk1.configuration_axk1.AXK1Config",
    target=GPT_MLA,
    table=TABLE,
    covers="A.X K1 without experts; the published one has them.",
    hybrid=as_hybrid(TABLE, *LATENT_DENSE, target=HYBRID_MLA),
)
