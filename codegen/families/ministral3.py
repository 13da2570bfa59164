"""Ministral 3 and Devstral 2, as far as their queries keep their scale at every position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import NO_BIAS, WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER, ROPE, RopeConfig, rope
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, ROPE_GIVES, as_hybrid
from codegen.families.hybrid import rope as hybrid_rope_of
from codegen.families.targets import GPT
from codegen.table import Family, Inverse, Local, Require, Rows

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers._query_scale import (
        gpt_rope_parameters_unscaled,
        hybrid_rope_parameters_unscaled,
        queries_keep_scale,
    )
    from mcore_mappers._rope import rope_parameters_of


def queries_are_not_scaled(hf: RopeConfig) -> bool:
    return queries_keep_scale(rope_parameters_of(hf))


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters_unscaled(model)


def hybrid_rope_parameters_back(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_rope_parameters_unscaled(model)


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, NO_BIAS, WINDOW, KERNELS),
    drop=("rope",),
    rows=(
        ONE_KIND_OF_LAYER,
        Local(
            "rope",
            rope,
            gives=(*ROPE_GIVES, "rope_scaling", "rope_scaling_factor"),
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        Require(
            "rope_parameters",
            queries_are_not_scaled,
            "must have llama_4_scaling_beta 0 and an original_max_position_embeddings above 0: Megatron does not scale "
            "queries by a factor that grows with the position",
        ),
    ),
)

MINISTRAL3 = Family(
    name="ministral3",
    config_class="transformers.models.ministral3.configuration_ministral3.Ministral3Config",
    target=GPT,
    table=TABLE,
    covers="Ministral 3's architecture without its scale of queries, which every published checkpoint has.",
    hybrid=as_hybrid(
        TABLE,
        *DENSE,
        Local(
            "rope",
            hybrid_rope_of,
            gives=ROPE_GIVES,
            inverse=(Inverse("rope_parameters", hybrid_rope_parameters_back),),
        ),
    ),
)
