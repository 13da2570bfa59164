"""A rope for each type of layer: the model's, and plain ones of layers beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, RopeConfig, yarn
from codegen.table import Computed, Inverse, Local, NoInverse, Part, layered, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_ropes import (
        LayerRopes,
        gpt_layer_ropes,
        hybrid_layer_ropes,
        layer_ropes,
        own_bases,
        own_bases_by_symbol,
        own_parts,
        own_parts_by_symbol,
    )
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of


class LayerRopesConfig(RopeConfig, Protocol):
    """A config with a rope for each type of layer."""

    layer_types: list[str] | None


def ropes(hf: LayerRopesConfig, check: Check) -> LayerRopes:
    return layer_ropes(check, rope_parameters_of(hf), hf.layer_types)


def rope(hf: LayerRopesConfig, check: Check, ropes: LayerRopes) -> GPTRope:
    return gpt_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return gpt_layer_ropes(model, layers)


def rope_of_hybrid(hf: LayerRopesConfig, check: Check, ropes: LayerRopes) -> HybridRope:
    return hybrid_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back_of_hybrid(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    return hybrid_layer_ropes(model, layers)


def partial_rope(hf: LayerRopesConfig, check: Check, ropes: LayerRopes) -> GPTRope:
    return gpt_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings, partial_rotary=True)


def partial_rope_parameters_back(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    return gpt_layer_ropes(model, layers, partial_rotary=True)


def partial_rope_of_hybrid(hf: LayerRopesConfig, check: Check, ropes: LayerRopes) -> HybridRope:
    return hybrid_rope(check, ropes.of_model, max_position_embeddings=hf.max_position_embeddings, partial_rotary=True)


def partial_rope_parameters_back_of_hybrid(model: HybridModelConfig, layers: Layers) -> dict[str, object]:
    return hybrid_layer_ropes(model, layers, partial_rotary=True)


def rotary_base_by_layer(hf: LayerRopesConfig, ropes: LayerRopes) -> tuple[float | None, ...] | None:
    return own_bases(ropes, hf.layer_types)


def rotary_base_by_symbol(hf: LayerRopesConfig, ropes: LayerRopes) -> tuple[float | None, ...] | None:
    return own_bases_by_symbol(ropes, hf.layer_types)


def rotary_percent_by_layer(hf: LayerRopesConfig, ropes: LayerRopes) -> tuple[float | None, ...] | None:
    return own_parts(ropes, hf.layer_types)


def rotary_percent_by_symbol(hf: LayerRopesConfig, ropes: LayerRopes) -> tuple[float | None, ...] | None:
    return own_parts_by_symbol(ropes, hf.layer_types)


def one_rope(ropes: LayerRopes) -> bool:
    return not ropes.own_bases


_ELSEWHERE: Final = NoInverse("rope_parameters is read back where its ropes are read")
_ROPES: Final = Local("ropes", ropes)
_GPT: Final = Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn)
_HYBRID: Final = Local(
    "rope", rope_of_hybrid, (Inverse("rope_parameters", rope_parameters_back_of_hybrid),), HYBRID_ROPE, yarn
)
PARTIAL_BACK: Final = Inverse("rope_parameters", partial_rope_parameters_back)
"""Of a GPT model, ropes that rotate a part of each head."""
PARTIAL: Final = Local("rope", partial_rope, (PARTIAL_BACK,), GPT_ROPE, yarn)
"""Of a local `ropes`, the model's rope where it rotates a part of each head."""
PARTIAL_OF_HYBRID: Final = Local(
    "rope",
    partial_rope_of_hybrid,
    (Inverse("rope_parameters", partial_rope_parameters_back_of_hybrid),),
    HYBRID_ROPE,
    yarn,
)
"""The same of a hybrid model."""
BASES: Final = Computed("rotary_base_by_layer", rotary_base_by_layer, "", inverse=_ELSEWHERE)
"""Of a local `ropes`, what layers of a GPT model have of their own."""
BASES_OF_HYBRID: Final = Computed(
    "rotary_base_by_layer", rotary_base_by_symbol, "Every layer has two symbols.", inverse=_ELSEWHERE
)
"""The same of a hybrid model."""
PARTS: Final = Computed("rotary_percent_by_layer", rotary_percent_by_layer, "", inverse=_ELSEWHERE)
"""Of a local `ropes`, which part of a head layers of a GPT model rotate by what they have of their own."""
PARTS_OF_HYBRID: Final = Computed(
    "rotary_percent_by_layer", rotary_percent_by_symbol, "Every layer has two symbols.", inverse=_ELSEWHERE
)
"""The same of a hybrid model."""
_ONE_ROPE: Final = require(
    "rope_parameters",
    one_rope,
    "must have the same rope for all types of layers that there are: Megatron has one for all layers",
    inverse=_ELSEWHERE,
)

OWN_ROPES: Final = Part(includes=(ROPE_KEYS,), rows=(_ROPES,), gpt=(_GPT, BASES), hybrid=(_HYBRID, BASES_OF_HYBRID))
"""A rope for each type of layer, of which one at most is not plain, in classes that are mapped with layers alone."""

LAYER_ROPES: Final = Part(
    includes=(ROPE_KEYS,),
    rows=(_ROPES,),
    gpt=(_GPT, *layered(BASES, otherwise=_ONE_ROPE)),
    hybrid=(_HYBRID, *layered(BASES_OF_HYBRID, otherwise=_ONE_ROPE)),
)
"""A rope for each type of layer, the same for all that a model has where nobody asks for layers."""
