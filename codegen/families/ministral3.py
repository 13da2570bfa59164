"""Devstral 2 and Ministral 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, yarn
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Family, Inverse, Local, NoInverse, equal_up_to, layered

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.ministral3.configuration_ministral3 import Ministral3Config

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.query_scale import (
        growth_of,
        length_of,
        scaled_beyond,
        scaling_gpt_rope,
        scaling_gpt_rope_parameters,
        scaling_hybrid_rope,
        scaling_hybrid_rope_parameters,
    )
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, rope_parameters_of


def rope(hf: Ministral3Config, check: Check) -> GPTRope:
    return scaling_gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return scaling_gpt_rope_parameters(model, layers)


def hybrid_rope(hf: Ministral3Config, check: Check) -> HybridRope:
    return scaling_hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def hybrid_rope_parameters_back(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    return scaling_hybrid_rope_parameters(model, layers)


def growth(hf: Ministral3Config) -> float | None:
    return growth_of(rope_parameters_of(hf))


def growth_length(hf: Ministral3Config) -> float | None:
    return length_of(rope_parameters_of(hf))


def unscaled(hf: Ministral3Config) -> int | None:
    return scaled_beyond(rope_parameters_of(hf))


WITH_ROPE = NoInverse("rope_parameters, which is read back, says it")

FAMILY = Family(
    config="transformers.models.ministral3.configuration_ministral3.Ministral3Config",
    covers="Devstral 2 and Ministral 3.",
    parts=(DECODER, GROUPED_QUERY, ROPE_KEYS, HEAD_DIM, NO_BIAS, WINDOW, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        *layered(
            Computed("query_temperature_scale", growth, "", WITH_ROPE),
            Computed("query_temperature_length", growth_length, "", WITH_ROPE),
            otherwise=equal_up_to(
                "query_temperature",
                "rope_parameters",
                unscaled,
                "queries are scaled by llama_4_scaling_beta and the logarithm of their position, from "
                "original_max_position_embeddings on, and Megatron does not scale them",
            ),
        ),
    ),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(Local("rope", hybrid_rope, (Inverse("rope_parameters", hybrid_rope_parameters_back),), HYBRID_ROPE, yarn),),
)
