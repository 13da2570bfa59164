"""Ropes of a class that has one for each type of layer: the one that Megatron's model has, and plain ones beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from .hybrid import by_symbol, of_mixers
from .rope import gpt_rope
from .rope_back import gpt_rope_parameters, hybrid_rope_parameters
from .rope_bands import with_bands
from .windows import FULL, SLIDING, window_types

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check
    from .layers.fields import Layers

_OUTSIDE = "truncate"
_PART = "partial_rotary_factor"
# Stands for what is refused.
_REFUSED: Mapping[str, object] = {"rope_type": "default", "rope_theta": 1.0}


class LayerRopes(NamedTuple):
    """What the layers of a model rotate by."""

    of_model: dict[str, object]
    """The `rope_parameters` of the rope that Megatron's model has: of one type of layer, or of all."""
    own_bases: Mapping[str, float]
    """By the other types of layers, the bases of their plain ropes; empty where all layers have the model's."""
    own_parts: Mapping[str, float] = MappingProxyType({})
    """By those whose ropes rotate another part of a head than the model's, which part."""


def layer_ropes(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    layer_types: Sequence[str] | None,
    *,
    part: float | None = None,
    parts_differ: bool = False,
) -> LayerRopes:
    """The ropes of all types of layers that a model has; refused where two types differ and neither has a plain one.

    Of YaRN's keys, transformers reads `truncate` beside the ropes, and not in them.

    Args:
        check: takes what cannot be represented; the result is then any rope.
        rope_parameters: the field of the Hugging Face config, with a rope for each type of layer.
        layer_types: the type of every layer.
        part: what a default rope rotates of a head where it does not say, in a class whose ropes may rotate a part;
            None for a class whose ropes rotate whole heads.
        parts_differ: whether two types may rotate different parts of a head.
    """
    ropes = _used(check, rope_parameters, layer_types)
    if part is not None:
        ropes = {each: of_a_part(rope, part) for each, rope in ropes.items()}
    if not ropes:
        return LayerRopes({**_REFUSED}, {})
    chosen = _of_model(ropes)
    others = {each: rope for each, rope in ropes.items() if rope != ropes[chosen]}
    if scaled := [each for each, rope in others.items() if rope.get("rope_type") != "default"]:
        reason = (
            f"has two ropes, of {', '.join(map(repr, (chosen, *scaled)))}, and neither is of type 'default': Megatron "
            "has one for all layers, and a layer's own can only be plain"
        )
        check.refuse("rope_parameters", rope_parameters, reason)
        return LayerRopes(ropes[chosen], {})
    parts = {each: rope.get(_PART, 1.0) for each, rope in others.items()}
    parts = {each: found for each, found in parts.items() if found != ropes[chosen].get(_PART, 1.0)}
    if part is not None and parts and not parts_differ:
        reason = f"has ropes with different values of {_PART}: a layer's own rotates as many channels as the model's"
        check.refuse("rope_parameters", rope_parameters, reason)
        return LayerRopes(ropes[chosen], {})
    partial = part is not None
    own = {
        each: gpt_rope(check, rope, max_position_embeddings=1, partial_rotary=partial) for each, rope in others.items()
    }
    plain = ropes[chosen].get("rope_type") == "default"
    alike = ropes[chosen].get("rope_theta") if plain else None
    return LayerRopes(
        ropes[chosen],
        {each: float(rope.rotary_base) for each, rope in own.items() if rope.rotary_base != alike or each in parts},
        {each: rope.rotary_percent for each, rope in own.items() if each in parts},
    )


def _used(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, layer_types: Sequence[str] | None
) -> dict[str, dict[str, object]]:
    """By type of layer that a model has, its rope; refused where there is none."""
    by_type: Mapping[str, object] = (
        cast("Mapping[str, object]", rope_parameters) if isinstance(rope_parameters, dict) else {}
    )
    # Others are refused where the layers are looked at.
    types = [each for each in dict.fromkeys(layer_types or ()) if each in (FULL, SLIDING)]
    ropes = {
        each: _moved_in(by_type, cast("Mapping[str, object]", by_type[each]))
        for each in types
        if by_type.get(each) and isinstance(by_type[each], dict)
    }
    if unknown := [name for name, each in by_type.items() if isinstance(each, dict) and name not in (FULL, SLIDING)]:
        reason = f"has a rope for {', '.join(map(repr, unknown))}, which is no type of layer"
        check.refuse("rope_parameters", rope_parameters, reason)
    if missing := [each for each in types if each not in ropes]:
        reason = f"must have a rope for every type of layer, so for {', '.join(map(repr, missing))}"
        check.refuse("rope_parameters", rope_parameters, reason)
    return ropes


def _of_model(ropes: Mapping[str, Mapping[str, object]]) -> str:
    """The type of layer whose rope the model has: one that is not plain, which no layer has of its own."""
    scaled = [each for each, rope in ropes.items() if rope.get("rope_type") != "default"]
    return min(scaled or ropes, key=(FULL, SLIDING).index)


def own_bases(ropes: LayerRopes, layer_types: Sequence[str] | None) -> tuple[float | None, ...] | None:
    """`rotary_base_by_layer` of a decoder."""
    return tuple(ropes.own_bases.get(each) for each in layer_types or ()) if ropes.own_bases else None


def own_bases_by_symbol(ropes: LayerRopes, layer_types: Sequence[str] | None) -> tuple[float | None, ...] | None:
    """The same for the two symbols of each layer of a hybrid model; an MLP does not read its own."""
    bases = by_symbol(own_bases(ropes, layer_types))
    return None if bases is None else tuple(bases)


def own_parts(ropes: LayerRopes, layer_types: Sequence[str] | None) -> tuple[float | None, ...] | None:
    """`rotary_percent_by_layer` of a decoder."""
    return tuple(ropes.own_parts.get(each) for each in layer_types or ()) if ropes.own_parts else None


def own_parts_by_symbol(ropes: LayerRopes, layer_types: Sequence[str] | None) -> tuple[float | None, ...] | None:
    """The same for the two symbols of each layer of a hybrid model."""
    parts = by_symbol(own_parts(ropes, layer_types))
    return None if parts is None else tuple(parts)


def _moved_in(by_type: Mapping[str, object], rope: Mapping[str, object]) -> dict[str, object]:
    own = {key: value for key, value in rope.items() if key != _OUTSIDE}
    return {**own, _OUTSIDE: by_type[_OUTSIDE]} if _OUTSIDE in by_type else own


def of_a_part(rope: Mapping[str, object], part: float) -> dict[str, object]:
    """The same rope of a class that rotates this part of a head where the default rope does not say how much."""
    return {_PART: part, **rope} if rope.get("rope_type") == "default" else {**rope}


def theta_of(rope_parameters: RopeParameters | dict[str, object] | None, layer_type: str, unsaid: object) -> object:
    """The base of the rope of layers of a type; `unsaid` where there is none."""
    by_type: Mapping[str, object] = (
        cast("Mapping[str, object]", rope_parameters) if isinstance(rope_parameters, dict) else {}
    )
    rope = by_type.get(layer_type)
    return cast("Mapping[str, object]", rope).get("rope_theta", unsaid) if isinstance(rope, dict) else unsaid


def gpt_layer_ropes(model: GPTModelConfig, layers: Layers, *, partial_rotary: bool = False) -> dict[str, object]:
    """`rope_parameters`: the rope of the model, or its own, for each type that its layers have."""
    return _by_type(model, layers, with_bands(gpt_rope_parameters(model, partial_rotary=partial_rotary), layers))


def hybrid_layer_ropes(model: HybridModelConfig, layers: Layers, *, partial_rotary: bool = False) -> dict[str, object]:
    """The same of a hybrid model."""
    return _by_type(model, layers, hybrid_rope_parameters(model, partial_rotary=partial_rotary))


def _by_type(
    model: GPTModelConfig | HybridModelConfig, layers: Layers, rope: Mapping[str, object]
) -> dict[str, object]:
    types = window_types(model)
    of_model = {key: value for key, value in rope.items() if key != _OUTSIDE}
    outside = {_OUTSIDE: rope[_OUTSIDE]} if _OUTSIDE in rope else {}
    part = {_PART: rope[_PART]} if _PART in rope else {}
    none = (None,) * model.transformer.num_layers
    bases = of_mixers(model, layers.rotary_base_by_layer or none)
    parts = of_mixers(model, layers.rotary_percent_by_layer or none)
    # Layers of one type that differ are no config's: mapping forward again shows it.
    by_type = dict(zip(types, zip(bases, parts, strict=False), strict=False))
    ropes = {
        each: (
            dict(of_model)
            if base is None
            else {"rope_type": "default", "rope_theta": float(base), **(part if own is None else {_PART: own})}
        )
        for each, (base, own) in by_type.items()
    }
    return {**ropes, **outside}
