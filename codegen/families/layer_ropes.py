"""A rope for each type of layer, which must be the same for all that a model has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.decoder import ROPE, RopeConfig
from codegen.families.hybrid import ROPE_GIVES
from codegen.families.partial_rope import GPT_ROPE_GIVES
from codegen.table import Inverse, Local, Rows

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


LAYER_ROPES: Final = Rows(
    module=__name__,
    extends=(ROPE,),
    drop=("rope",),
    rows=(Local("rope", rope, gives=GPT_ROPE_GIVES, inverse=(Inverse("rope_parameters", rope_parameters_back),)),),
)
"""`ROPE` of such a class."""
HYBRID_LAYER_ROPES: Final = Local(
    "rope", rope_of_hybrid, gives=ROPE_GIVES, inverse=(Inverse("rope_parameters", rope_parameters_back_of_hybrid),)
)
"""The same in a hybrid model."""
