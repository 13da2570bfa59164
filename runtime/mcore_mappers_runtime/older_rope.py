"""Rope as transformers 4.57 reads it: the base and the partial factor beside the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from .equal import path_of
from .errors import Refusal, UnsavableConfigError
from .long_rope import stretched_by
from .older import scales_by_default
from .records import OlderRope
from .registry import known
from .windows import FULL, SLIDING

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

_ROPE = "rope_parameters"
_USUAL: Final = OlderRope(names={}, factor_inside=False, sliding="", keys={})


def in_older_spelling(hf: PreTrainedConfig, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says of a config, with rope as the class of transformers 4.57 reads it.

    Raises:
        UnsavableConfigError: that class has no words for such a rope.
    """
    own = known().keys.older_ropes.get(path_of(type(hf)), _USUAL)
    older = {**values}
    said: object = older.pop(_ROPE, None)
    if not isinstance(said, dict):
        return older
    scaling = {**cast("dict[str, Any]", said)}
    if any(isinstance(each, dict) for each in scaling.values()):
        older |= _of_sliding_layers(scaling, own)
        scaling = {**scaling[FULL]}
    older["rope_theta"] = scaling.pop("rope_theta", None)
    if "partial_rotary_factor" in scaling:
        older["partial_rotary_factor"] = scaling["partial_rotary_factor"]
        if not own.factor_inside:
            del scaling["partial_rotary_factor"]
    older |= {name: older[key] for key, name in own.names.items() if key in older}
    original = scaling.get("original_max_position_embeddings")
    if original and scaling.get("factor", 1) is None:
        # Which transformers 5 works out.
        scaling["factor"] = older["max_position_embeddings"] / original
    if isinstance(scaling.get("factor"), int):
        # Some classes take nothing else.
        scaling["factor"] = float(scaling["factor"])
    kind = scaling.get("rope_type", "default")
    if scaling.keys() <= {"rope_type"} and kind == "default" and not scales_by_default(type(hf)):
        older["rope_scaling"] = None
    else:
        older["rope_scaling"] = _known_keys({**scaling, "type": kind}, older, own)
    return older


def _of_sliding_layers(ropes: Mapping[str, Any], own: OlderRope) -> dict[str, Any]:
    """The base of the plain rope of layers with a window, under the key that the class has for it."""
    if not own.sliding or {*ropes} != {FULL, SLIDING} or not all(isinstance(each, dict) for each in ropes.values()):
        raise _refused(ropes, "must be one rope: transformers 4.57 has no spelling for one of each type of layer")
    sliding, full = ropes[SLIDING], ropes[FULL]
    if not sliding.keys() <= {"rope_type", "rope_theta"} or sliding.get("rope_type", "default") != "default":
        raise _refused(ropes, f"must be plain for {SLIDING}: the class of transformers 4.57 has no other rope there")
    if own.sliding == "rope_theta" and sliding.get("rope_theta") != full.get("rope_theta"):
        raise _refused(ropes, "must have one rope_theta: the class of transformers 4.57 reads no second one")
    return {own.sliding: sliding.get("rope_theta")}


def _known_keys(scaling: Mapping[str, Any], beside: Mapping[str, Any], own: OlderRope) -> dict[str, Any]:
    """The keys that the class takes, where it takes no others and what these say stands beside them."""
    if not own.keys:
        return {**scaling}
    taken = own.keys.get(scaling["type"], ())
    length, original = beside["max_position_embeddings"], _original_length(beside)
    elsewhere = {
        "rope_type": scaling["type"],
        "original_max_position_embeddings": original,
        "factor": length / original,
        "attention_factor": stretched_by(length, original) if length > original > 1 else 1.0,
    }
    rest = {key: value for key, value in scaling.items() if key not in taken}
    if not {*taken} <= scaling.keys() or any(elsewhere.get(key) != value for key, value in rest.items()):
        kinds = "; or ".join(f"of type {kind}, with {', '.join(keys[1:])} alone" for kind, keys in own.keys.items())
        raise _refused(scaling, f"must be plain, or {kinds}: the class of transformers 4.57 takes no other rope")
    return {key: scaling[key] for key in taken}


def _original_length(beside: Mapping[str, Any]) -> int:
    """The length from which the class scales: a field of its own, or the longest text."""
    return int(beside.get("original_max_position_embeddings", beside["max_position_embeddings"]))


def _refused(value: object, reason: str) -> UnsavableConfigError:
    return UnsavableConfigError((Refusal(_ROPE, value, reason),))
