"""The layers of a model config: the fields that Megatron's own configs do not have, and that this project computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, cast

from .equal import class_defaults, held_layers, values_of
from .errors import UnsupportedConfigError
from .layers.fields import Layers

_SPECS: Final = ("transformer_layer_spec", "hybrid_stack_spec")
"""Fields of model configs that say what layers are built of. Those of a config with layers follow from these."""


def layers_of(model: object) -> Layers:
    """The layers of a model config; of one of Megatron's own each field says that the model does not have it."""
    return held_layers(model) or Layers()


def stock_class(model: object) -> type:
    """Megatron's own class of a model config, with or without layers."""
    return type(model) if held_layers(model) is None else type(model).__mro__[1]


def as_layered[Model](to_megatron: Callable[..., Model], *, layered: bool, **caller: object) -> Callable[[Any], Model]:
    """A mapper that gives what a model is compared with.

    Args:
        to_megatron: the mapper.
        layered: whether the model has layers. A model without is compared with one without, of which more is said to
            be equal up to a bound; only where there is none, with what it would have to be.
        caller: keywords of the mapper.
    """

    def mapper(hf: Any) -> Model:
        if not layered:
            with suppress(UnsupportedConfigError):
                return to_megatron(hf, **caller)
        return to_megatron(hf, layers=True, **caller)

    return mapper


def no_layers() -> Mapping[str, object]:
    """The fields of `Layers`, each with the value that says that a model does not have it."""
    return class_defaults(Layers)


def layers_in(values: Mapping[str, object]) -> Mapping[str, object]:
    """The fields of the layers that a spec builds, of fields of a model config or of a provider that hold one."""
    specs = (values.get(name) for name in _SPECS)
    layers = (values_of(spec).get("layers") for spec in specs if spec is not None and hasattr(spec, "__dict__"))
    return {name: value for each in layers if isinstance(each, Layers) for name, value in each.stated()}


def spec_of(model: object) -> Mapping[str, object]:
    """What a model config with layers builds them of, as the field of Megatron's that says it."""
    return {name: getattr(model, name) for name in _SPECS if name in class_defaults(cast("Any", type(model)))}
