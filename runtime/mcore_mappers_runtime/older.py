"""Files of older releases of transformers, and of code beside checkpoints, in the names that the classes read today."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, cast

from .equal import path_of
from .errors import Refusal
from .registry import known
from .windows import FULL, SLIDING

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

_DENSE = "first_k_dense_replace"
_TYPES = "mlp_layer_types"


def in_present_names(data: Mapping[str, Any], cls: type[PreTrainedConfig]) -> dict[str, Any]:
    """The same config, where the class of transformers 5 does not itself read an older spelling as it was meant."""
    declared = {field.name for field in dataclasses.fields(cast("Any", cls))}
    now = {**data}
    for key, field in restated(cls).items():
        if key in now:
            value = now.pop(key)
            if all(now.get(name) is None for name in _names_of(field, cls)):
                now[field] = value
    if _TYPES in declared and _DENSE not in declared and now.get(_TYPES) is None:
        types = _types(now.get(_DENSE), now.get("num_hidden_layers"))
        if types is not None:
            del now[_DENSE]
            now[_TYPES] = types
    if "rope_parameters" not in now and "rope_parameters" in declared:
        now |= _rope(now, cls)
    return now


def restated(cls: type[PreTrainedConfig]) -> Mapping[str, str]:
    """Keys of files that are a field of the class under another name, and that field."""
    return known().keys.restated.get(path_of(cls), {})


def _names_of(field: str, cls: type[PreTrainedConfig]) -> Iterator[str]:
    """The field, and its other names in files."""
    yield field
    for alias, stored in cls.attribute_map.items():
        if field in (alias, stored):
            yield alias
            yield stored


def _types(dense: object, layers: object) -> list[str] | None:
    if type(dense) is not int or type(layers) is not int or not 0 <= dense <= layers:
        return None
    return ["dense"] * dense + ["sparse"] * (layers - dense)


def _rope(data: Mapping[str, Any], cls: type[PreTrainedConfig]) -> dict[str, Any]:
    """What takes the place of `rope_scaling`: None meant plain rope, and the factor of one class stood beside it.

    A base that stood beside it was that of layers with a window, too, where these had no other.
    """
    own = known().keys.older_ropes.get(path_of(cls))
    scaling: object = data.get("rope_scaling")
    rope = {**cast("dict[str, Any]", scaling)} if isinstance(scaling, dict) else {}
    if "rope_scaling" in data and scaling is None and scales_by_default(cls):
        rope = {"rope_type": "default"}
    if own is not None and own.factor_inside and "partial_rotary_factor" in data:
        rope = {"rope_type": "default", **rope} if "type" not in rope else rope
        rope.setdefault("partial_rotary_factor", data["partial_rotary_factor"])
    if own is not None and own.sliding in BESIDE_ROPE and (theta := data.get(own.sliding)) is not None:
        plain = {"rope_type": "default", "rope_theta": theta}
        full = {**rope, "rope_theta": theta} if rope else plain
        return {"rope_parameters": {FULL: full, SLIDING: plain}}
    return {"rope_scaling": rope} if rope else {}


def scales_by_default(cls: type[PreTrainedConfig]) -> bool:
    """Whether the class takes another rope than the plain one where nothing is said."""
    said: object = vars(cls()).get("rope_parameters")
    if not isinstance(said, dict):
        return False
    rope = cast("dict[str, Any]", said)
    return bool(rope.get(FULL, rope).get("rope_type") != "default")


def contradictions(data: Mapping[str, Any], cls: type[PreTrainedConfig], way: str) -> Iterator[Refusal]:
    """What a file states twice, in two spellings, with two values: which of them is read is anybody's guess.

    Args:
        data: what the file states at one level.
        cls: the class that reads it.
        way: to that level, with a dot at its end.
    """
    pairs = [("torch_dtype", "dtype")]
    pairs += [(key, name) for key, field in restated(cls).items() for name in dict.fromkeys(_names_of(field, cls))]
    yield from two_names(data, cls.attribute_map, way)
    stated = [(one, data[one], other, data[other]) for one, other in pairs if one in data and other in data]
    ropes = [(name, data[name]) for name in ROPES if isinstance(data.get(name), dict)]
    for name, rope in ropes:
        stated += [(key, data[key], f"{name}.{key}", rope[key]) for key in BESIDE_ROPE if key in data and key in rope]
    if len(ropes) > 1:
        (new, now), (old, before) = ropes
        before = {"rope_type" if key == "type" else key: value for key, value in before.items()}
        stated += [(f"{old}.{key}", value, f"{new}.{key}", now.get(key)) for key, value in before.items()]
    yield from _differing(stated, way)


def two_names(data: Mapping[str, Any], names: Mapping[str, str], way: str) -> Iterator[Refusal]:
    """What a file states of one field under several of its names, with several values.

    Args:
        data: what the file states at one level.
        names: other names of fields, each with the field.
        way: to that level, with a dot at its end.
    """
    pairs = [*names.items()]
    pairs += [(one, other) for one, other in combinations(names, 2) if names[one] == names[other]]
    yield from _differing(
        [(one, data[one], other, data[other]) for one, other in pairs if one in data and other in data], way
    )


def _differing(stated: Iterable[tuple[str, object, str, object]], way: str) -> Iterator[Refusal]:
    """Of what is stated twice, each with its name, what has two values."""
    for one, value, other, meant in stated:
        if value is not None and meant is not None and value != meant:
            yield Refusal(f"{way}{one}", value, f"{way}{other} says {meant!r}, and both are one thing")


ROPES: Final = ("rope_parameters", "rope_scaling")
"""What files call the dictionary of rope, today and before."""

BESIDE_ROPE: Final = ("rope_theta", "partial_rotary_factor")
"""What older files have beside that dictionary, and newer ones in it."""
