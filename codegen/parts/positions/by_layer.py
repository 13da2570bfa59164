"""A rope for each type of layer, which must be the same for all that a model has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, RopeConfig, yarn
from codegen.table import Inverse, Local, Part

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_ropes import common_rope, gpt_layer_ropes, hybrid_layer_ropes
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of


class LayerRopesConfig(RopeConfig, Protocol):
    """A config with a rope for each type of layer."""

    layer_types: list[str] | None


def rope(hf: LayerRopesConfig, check: Check) -> GPTRope:
    return gpt_rope(
        check,
        common_rope(check, rope_parameters_of(hf), hf.layer_types),
        max_position_embeddings=hf.max_position_embeddings,
    )


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_layer_ropes(model)


def rope_of_hybrid(hf: LayerRopesConfig, check: Check) -> HybridRope:
    return hybrid_rope(
        check,
        common_rope(check, rope_parameters_of(hf), hf.layer_types),
        max_position_embeddings=hf.max_position_embeddings,
    )


def rope_parameters_back_of_hybrid(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_layer_ropes(model)


LAYER_ROPES: Final = Part(
    includes=(ROPE_KEYS,),
    gpt=(Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),),
    hybrid=(
        Local("rope", rope_of_hybrid, (Inverse("rope_parameters", rope_parameters_back_of_hybrid),), HYBRID_ROPE, yarn),
    ),
)
"""A rope for each type of layer, all of them the same."""
