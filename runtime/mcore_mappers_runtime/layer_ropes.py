"""Rope of a class that has one for each type of layer, where all that are used are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from .rope_back import gpt_rope_parameters, hybrid_rope_parameters
from .windows import FULL, SLIDING, window_types

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

_OUTSIDE = "truncate"
# Stands for what is refused.
_REFUSED: Mapping[str, object] = {"rope_type": "default", "rope_theta": 1.0}


def common_rope(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, layer_types: Sequence[str] | None
) -> dict[str, object]:
    """The rope that all layers have; refused where their types have different ones.

    Of YaRN's keys, transformers reads `truncate` beside the ropes, and not in them.

    Args:
        check: takes what cannot be represented; the result is then any rope.
        rope_parameters: the field of the Hugging Face config, with a rope for each type of layer.
        layer_types: the type of every layer.
    """
    by_type: Mapping[str, object] = (
        cast("Mapping[str, object]", rope_parameters) if isinstance(rope_parameters, dict) else {}
    )
    # Others are refused where the layers are looked at.
    types = [each for each in dict.fromkeys(layer_types or ()) if each in (FULL, SLIDING)]
    ropes = [
        _moved_in(by_type, cast("Mapping[str, object]", by_type[each]))
        for each in types
        if by_type.get(each) and isinstance(by_type[each], dict)
    ]
    if len(ropes) < len(types):
        missing = ", ".join(
            repr(each) for each in types if not by_type.get(each) or not isinstance(by_type[each], dict)
        )
        check.refuse("rope_parameters", rope_parameters, f"must have a rope for every type of layer, so for {missing}")
    if any(rope != ropes[0] for rope in ropes):
        reason = f"has different ropes for {', '.join(map(repr, types))}; Megatron has one for all layers"
        check.refuse("rope_parameters", rope_parameters, reason)
    return ropes[0] if ropes else {**_REFUSED}


def _moved_in(by_type: Mapping[str, object], rope: Mapping[str, object]) -> dict[str, object]:
    own = {key: value for key, value in rope.items() if key != _OUTSIDE}
    return {**own, _OUTSIDE: by_type[_OUTSIDE]} if _OUTSIDE in by_type else own


def _for_each(types: Sequence[str], rope: Mapping[str, object]) -> dict[str, object]:
    own = {key: value for key, value in rope.items() if key != _OUTSIDE}
    outside = {_OUTSIDE: rope[_OUTSIDE]} if _OUTSIDE in rope else {}
    return {**{each: dict(own) for each in types}, **outside}


def of_a_part(rope: Mapping[str, object], part: float) -> dict[str, object]:
    """The same rope of a class that rotates this part of a head where the default rope does not say how much."""
    return {"partial_rotary_factor": part, **rope} if rope.get("rope_type") == "default" else {**rope}


def gpt_layer_ropes(model: GPTModelConfig, *, partial_rotary: bool = False) -> dict[str, object]:
    """`rope_parameters`: the rope of the model, for each type that its layers have."""
    return _for_each(window_types(model), gpt_rope_parameters(model, partial_rotary=partial_rotary))


def hybrid_layer_ropes(model: HybridModelConfig, *, partial_rotary: bool = False) -> dict[str, object]:
    """The same of a hybrid model."""
    return _for_each(window_types(model), hybrid_rope_parameters(model, partial_rotary=partial_rotary))
