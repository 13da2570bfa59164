"""Fields that a config class overrides by layer by itself, and configs in which they are overridden otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from .records import Override
from .shown import shown
from .windows import FULL, SLIDING

SPEC: Final = "_heterogeneity_spec"
"""The attribute in which transformers holds what a config overrides by layer."""
FIELD: Final = "per_layer_config"
"""The name under which files have it."""


def otherwise(own: Sequence[Override], values: Mapping[str, object]) -> str:
    """Why what a config overrides by layer is not what its class does by itself; empty where it is.

    Of layers or numbers that are refused as such, nothing is said.

    Args:
        own: what the class overrides by itself.
        values: the attributes of the config, as they are stored.
    """
    if not _are_there(own, values):
        return ""
    if values.get(FIELD) is not None or _held(values) != _expected(own, values):
        said = " and ".join(
            f"override {each.field} by {each.source} in layers of type {shown(each.layer_type)}" for each in own
        )
        return f"must {said}, as the class does by itself, and nothing else"
    return ""


def _are_there(own: Sequence[Override], values: Mapping[str, object]) -> bool:
    """Whether there are layers, each of a type that is known, and numbers of which something can be made."""
    types, count = values.get("layer_types"), values.get("num_hidden_layers")
    # Other types may compare themselves with anything.
    if type(types) not in (list, tuple) or type(count) is not int or len(cast("list[object]", types)) != count:
        return False
    numbers = (values.get(name) for each in own for name in (each.field, each.source))
    known = all(type(each) is str and each in (FULL, SLIDING) for each in cast("list[object]", types))
    return known and all(type(number) is int and number > 0 for number in numbers)


def _held(values: Mapping[str, object]) -> object:
    spec = values.get(SPEC)
    return {} if spec is None else vars(spec).get("per_layer_overrides")


def _expected(own: Sequence[Override], values: Mapping[str, object]) -> dict[int, dict[str, object]]:
    """By layer, the fields that are other than those of the whole config: transformers drops all that are not."""
    found: dict[int, dict[str, object]] = {}
    for layer, kind in enumerate(cast("Sequence[object]", values["layer_types"])):
        for each in own:
            if kind == each.layer_type and values.get(each.source) != values.get(each.field):
                found.setdefault(layer, {})[each.field] = values.get(each.source)
    return found
