"""Fields that a config class overrides by layer by itself, and configs in which they are overridden otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from .records import Override
from .shown import shown

SPEC: Final = "_heterogeneity_spec"
"""The attribute in which transformers holds what a config overrides by layer."""
FIELD: Final = "per_layer_config"
"""The name under which files have it."""


def otherwise(own: Sequence[Override], values: Mapping[str, object]) -> str:
    """Why what a config overrides by layer is not what its class does by itself; empty where it is.

    Args:
        own: what the class overrides by itself.
        values: the attributes of the config, as they are stored.
    """
    if values.get(FIELD) is not None or _held(values) != _expected(own, values):
        said = " and ".join(
            f"override {each.field} by {each.source} in layers of type {shown(each.layer_type)}" for each in own
        )
        return f"must {said}, as the class does by itself, and nothing else"
    return ""


def _held(values: Mapping[str, object]) -> object:
    spec = values.get(SPEC)
    return {} if spec is None else vars(spec).get("per_layer_overrides")


def _expected(own: Sequence[Override], values: Mapping[str, object]) -> dict[int, dict[str, object]]:
    """By layer, the fields that are other than those of the whole config: transformers drops all that are not."""
    types = values.get("layer_types")
    found: dict[int, dict[str, object]] = {}
    for layer, kind in enumerate(cast("Sequence[object]", types) if isinstance(types, list | tuple) else ()):
        for each in own:
            if kind == each.layer_type and values.get(each.source) != values.get(each.field):
                found.setdefault(layer, {})[each.field] = values.get(each.source)
    return found
