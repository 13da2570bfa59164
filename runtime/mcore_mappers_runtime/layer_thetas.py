"""The base of the rotary embedding of each layer, which Megatron has for all layers together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, cast

from .positions import layers_with_rope
from .rope import rope_key

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

_FIELD = "layer_rope_theta"


def layer_thetas(check: Check, thetas: Sequence[float] | None, num_layers: int) -> list[float]:
    """The base of each layer, zero for one without rope; refused unless all others have the same.

    Args:
        check: takes a list that is too short; a longer one is read as far as there are layers.
        thetas: the field of the Hugging Face config.
        num_layers: how many layers there are.
    """
    if thetas is None or len(thetas) < num_layers:
        check.refuse(_FIELD, thetas, f"must say for each of {num_layers} layers with which base it rotates")
        return [0.0] * num_layers
    bases = [*thetas[:num_layers]]
    if not all(0 <= base < inf for base in bases):
        check.refuse(_FIELD, thetas, "must hold finite numbers above zero, or zero for layers without rope")
    elif len({base for base in bases if base}) > 1:
        check.refuse(_FIELD, thetas, "must have one number for all layers with rope: Megatron has one base")
    return bases


def with_theta(
    rope_parameters: RopeParameters | dict[str, object] | None, thetas: Sequence[float]
) -> RopeParameters | dict[str, object] | None:
    """`rope_parameters` with the base of the layers that rotate, which transformers prefers."""
    theta, own = max(thetas, default=0.0), rope_key(rope_parameters, "rope_theta")
    # What is no base there is refused as ever.
    if not isinstance(own, int | float) or isinstance(own, bool) or not (0 < own < inf and 0 < theta < inf):
        return rope_parameters
    # Transformers computes YaRN's frequencies with it all the same, and divides by its logarithm.
    if own == 1 and rope_key(rope_parameters, "rope_type") == "yarn":
        return rope_parameters
    return {**cast("Mapping[str, object]", rope_parameters), "rope_theta": theta}


def thetas_by_layer(model: GPTModelConfig | HybridModelConfig) -> list[float]:
    """The base of each layer of a decoder, zero for one without rope; it may be a hybrid model."""
    return [float(model.rotary_base) if has_rope else 0.0 for has_rope in layers_with_rope(model)]
