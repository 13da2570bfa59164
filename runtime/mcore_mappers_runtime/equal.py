"""The fields of Megatron configs as they are held, and when two values of one are the same."""

from __future__ import annotations

import dataclasses
import math
import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.configuration_utils import PreTrainedConfig

    from .layers.fields import Layers


STRUCTURE: Final = ("transformer", "layers")
"""Fields of an outer config that hold another one: the inner one, and what this project computes beside both."""


def path_of(cls: type) -> str:
    """The import path of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def is_huggingface(value: object) -> TypeGuard[PreTrainedConfig]:
    """Whether a value is a Hugging Face config. Where transformers is not installed, or not imported, nothing is."""
    module = sys.modules.get("transformers.configuration_utils")
    return module is not None and isinstance(value, module.PreTrainedConfig)


def values_of(config: object) -> dict[str, object]:
    """What a config itself holds: an outer one answers for the fields of its inner one too, when it is asked."""
    # Past what a Hugging Face config does first, which an odd `attribute_map` stops.
    return cast("dict[str, object]", object.__getattribute__(config, "__dict__"))


def class_of(value: object) -> str:
    """What it is, for messages."""
    return f"the class {value.__qualname__}" if isinstance(value, type) else type(value).__qualname__


def is_model_config(value: object) -> bool:
    """Whether it is an outer config, which holds an inner one."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type) and "transformer" in values_of(value)


def inner_of(model: object) -> TransformerConfig:
    """The inner config of an outer one."""
    return cast("TransformerConfig", values_of(model)["transformer"])


def held_layers(model: object) -> Layers | None:
    """The layers of an outer config that has any; None of one of Megatron's own."""
    return cast("Layers | None", values_of(model).get("layers"))


def defaults_of(config: object) -> Mapping[str, object]:
    """The public fields of a config's class, with their defaults.

    Those that hold other configs are not among them, nor is what the constructor does not take.
    """
    return class_defaults(cast("Any", type(config)))


@cache
def class_defaults(cls: Any) -> Mapping[str, object]:
    """As `defaults_of`, of the class itself."""
    known: dict[str, object] = {}
    for field in dataclasses.fields(cls):
        if field.init and field.name not in STRUCTURE and not field.name.startswith("_"):
            factory = field.default_factory
            known[field.name] = field.default if factory is dataclasses.MISSING else factory()
    return known


def held(config: object, name: str) -> object:
    """The value of a field: the default of its class where the inner config holds it instead."""
    values = values_of(config)
    return values[name] if name in values else defaults_of(config)[name]


def flat(model: object) -> dict[str, object]:
    """All fields and attributes of both configs of a model, and of its layers; what both declare is the inner one's."""
    inner, layers = inner_of(model), held_layers(model)
    values = values_of(model)
    outer = {name: values.get(name, default) for name, default in defaults_of(model).items()}
    own = {name: value for name, value in values_of(inner).items() if not name.startswith("_")}
    found = {**outer, **defaults_of(inner), **own}
    return found if layers is None else {**found, **values_of(layers)}


def same_value(one: object, other: object) -> bool:
    """Whether two field values are equal.

    Initialisers that Megatron derives are partial functions, which are never equal by themselves: they are compared by
    function and keywords. Pipeline layouts are equal by what they place where. True and 1 are different values, and so
    are a tuple and a list. NaN is itself.
    """
    if one is other:
        return True
    ours, theirs = _comparable(one), _comparable(other)
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict):
        values, others = cast("dict[object, object]", ours), cast("dict[object, object]", theirs)
        return values.keys() == others.keys() and all(same_value(values[key], others[key]) for key in values)
    items, their_items = _items(ours), _items(theirs)
    if items is not None and their_items is not None:
        return len(items) == len(their_items) and all(map(same_value, items, their_items))
    both_nan = isinstance(ours, float) and isinstance(theirs, float) and math.isnan(ours) and math.isnan(theirs)
    return both_nan or ours == theirs


def same_architecture(name: str, value: object, expected: object) -> bool:
    """Whether two values of an architecture field mean the same, however they are written.

    Args:
        name: of the field.
        value: one of them.
        expected: the other.
    """
    if name == "hybrid_layer_pattern":
        # Pipeline marks are the caller's.
        return isinstance(value, str) and isinstance(expected, str) and _unmarked(value) == _unmarked(expected)
    ours, theirs = _items(value), _items(expected)
    if ours is not None and theirs is not None:
        return ours == theirs
    if _is_number(value) and _is_number(expected):
        return value == expected
    return same_value(value, expected)


def _unmarked(pattern: str) -> str:
    return pattern.replace("|", "")


def _items(value: object) -> list[object] | None:
    return [*cast("list[object]", value)] if isinstance(value, list | tuple) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comparable(value: object) -> object:
    if isinstance(value, partial):
        initialiser = cast("partial[object]", value)
        return (initialiser.func, initialiser.args, initialiser.keywords)
    if type(value).__qualname__ == "PipelineParallelLayerLayout":
        return {name: held for name, held in values_of(value).items() if name != "input_data"}
    return value
