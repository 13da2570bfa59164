"""Devstral 2, and Ministral 3 as far as its queries keep their scale at every position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import NO_BIAS, WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, ROPE_GIVES, as_hybrid
from codegen.families.targets import GPT
from codegen.table import Family, Inverse, Local, Rows

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.ministral3.configuration_ministral3 import Ministral3Config

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.query_scale import (
        unscaled_gpt_rope,
        unscaled_gpt_rope_parameters,
        unscaled_hybrid_rope,
        unscaled_hybrid_rope_parameters,
    )
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, rope_parameters_of


def rope(hf: Ministral3Config, check: Check) -> GPTRope:
    return unscaled_gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return unscaled_gpt_rope_parameters(model)


def hybrid_rope(hf: Ministral3Config, check: Check) -> HybridRope:
    return unscaled_hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def hybrid_rope_parameters_back(model: HybridModelConfig) -> dict[str, object]:
    return unscaled_hybrid_rope_parameters(model)


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
    ),
)

MINISTRAL3 = Family(
    name="ministral3",
    config_class="transformers.models.ministral3.configuration_ministral3.Ministral3Config",
    target=GPT,
    table=TABLE,
    covers="Devstral 2, whose queries keep their scale at every position; those of Ministral 3 do not.",
    hybrid=as_hybrid(
        TABLE,
        *DENSE,
        Local(
            "rope",
            hybrid_rope,
            gives=ROPE_GIVES,
            inverse=(Inverse("rope_parameters", hybrid_rope_parameters_back),),
        ),
    ),
)
