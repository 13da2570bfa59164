"""Rope of a class that has one for each type of layer, where all that are used are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from ._rope_back import gpt_rope_parameters, hybrid_rope_parameters
from ._windows import window_types

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from ._check import Check


def common_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, layer_types: Sequence[str] | None
) -> dict[str, object] | None:
    """The rope that all layers have; refused where their types have different ones.

    Args:
        check: takes what cannot be represented; the result is then the rope of the first layer, or None.
        rope_parameters: the field of the Hugging Face config, with a rope for each type of layer.
        layer_types: the type of every layer.
    """
    by_type = cast("Mapping[str, object]", rope_parameters) if isinstance(rope_parameters, dict) else {}
    types = [*dict.fromkeys(layer_types or ())]
    ropes = [found for each in types if isinstance(found := by_type.get(each), dict)]
    if len(ropes) < len(types):
        missing = ", ".join(repr(each) for each in types if not isinstance(by_type.get(each), dict))
        check.refuse("rope_parameters", rope_parameters, f"must have a rope for every type of layer, so for {missing}")
        return {"rope_type": "default", "rope_theta": 1.0}
    if any(rope != ropes[0] for rope in ropes):
        reason = f"has different ropes for {', '.join(map(repr, types))}; Megatron has one for all layers"
        check.refuse("rope_parameters", rope_parameters, reason)
    return cast("dict[str, object]", ropes[0]) if ropes else None


def gpt_layer_ropes(model: GPTModelConfig) -> dict[str, object]:
    """`rope_parameters`: the rope of the model, for each type that its layers have."""
    return {each: gpt_rope_parameters(model) for each in window_types(model)}


def hybrid_layer_ropes(model: HybridModelConfig) -> dict[str, object]:
    """The same of a hybrid model."""
    return {each: hybrid_rope_parameters(model) for each in window_types(model)}
