"""Mellum 2: Qwen3 with experts, windows by layer, and a rope for each type of layer, which must be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.attention import LAYERED_WINDOW, NO_ATTENTION_BIAS, QK_NORM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ROPE
from codegen.families.experts import BALANCED_BY_LOSS, NO_SHARED_EXPERTS, NORMALISED_IF_SAID, SOFTMAX_SCORES
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import EXPERTS, ROPE_GIVES, WINDOWS, as_hybrid
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.partial_rope import GPT_ROPE_GIVES
from codegen.families.routers import NUMBERED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Family, Ignored, Inverse, Kind, Local, Rows

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.mellum.configuration_mellum import MellumConfig

    from mcore_mappers._check import Check
    from mcore_mappers._layer_ropes import common_rope, gpt_layer_ropes, hybrid_layer_ropes
    from mcore_mappers._rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of


def rope(hf: MellumConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        common_rope(check, rope_parameters_of(hf), hf.layer_types),
        max_position_embeddings=hf.max_position_embeddings,
    )


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_layer_ropes(model)


def rope_of_hybrid(hf: MellumConfig, check: Check) -> HybridRope:
    return hybrid_rope(
        check,
        common_rope(check, rope_parameters_of(hf), hf.layer_types),
        max_position_embeddings=hf.max_position_embeddings,
    )


def rope_parameters_back_of_hybrid(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_layer_ropes(model)


HYBRID_ROPE: Final = Local(
    "rope", rope_of_hybrid, gives=ROPE_GIVES, inverse=(Inverse("rope_parameters", rope_parameters_back_of_hybrid),)
)

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, QK_NORM, NO_ATTENTION_BIAS, LAYERED_WINDOW),
        *(LISTED_EXPERTS, NUMBERED_EXPERTS, NO_SHARED_EXPERTS),
        *(SOFTMAX_SCORES, NORMALISED_IF_SAID, BALANCED_BY_LOSS, KERNELS_OF_EXPERTS),
        GIVEN_HEAD_DIM,
    ),
    drop=("rope",),
    rows=(
        Local("rope", rope, gives=GPT_ROPE_GIVES, inverse=(Inverse("rope_parameters", rope_parameters_back),)),
        *(
            Ignored(name, Kind.DEAD, "the class does not build the layers that predict further tokens")
            for name in ("num_mtp_layers", "mtp_layer_types", "mtp_mlp_layer_types")
        ),
    ),
)

MELLUM = Family(
    name="mellum",
    config_class="transformers.models.mellum.configuration_mellum.MellumConfig",
    target=GPT,
    table=TABLE,
    covers="Mellum 2, where all types of layers have one rope.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE, WINDOWS),
)
