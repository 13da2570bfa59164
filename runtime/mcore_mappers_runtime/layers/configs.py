"""Megatron's model configs with one field more, which says what stock Megatron lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.base import ModelConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig

from ..shown import shown
from .fields import Layers
from .mark import mark
from .output_bias import BUILDER
from .public import public
from .specs import HybridLayerSpec, LayerSpec, check


@public
@dataclass(kw_only=True)
class LayeredGPTModelConfig(GPTModelConfig):
    """A GPTModelConfig of a model that has layers.

    Megatron's own builder builds it, and its `as_dict` and `from_dict` keep it: the spec, which they leave out as they
    do all that is callable, follows from `layers`.

    Raises:
        TypeError: there is another spec beside `layers`.
        ValueError: the layers do not go with a field of Megatron's. All such fields are named.
    """

    builder = BUILDER
    layers: Layers
    """What stock Megatron lacks."""

    def __post_init__(self) -> None:
        _finish(self, self.transformer, self.layers)

    @property  # type: ignore[misc]  # derived, where Megatron's class stores it
    def transformer_layer_spec(self) -> LayerSpec:
        """Always that of `layers`."""
        return LayerSpec(self.layers)

    @transformer_layer_spec.setter
    def transformer_layer_spec(  # pyright: ignore[reportIncompatibleVariableOverride]  derived
        self, value: object
    ) -> None:
        _refuse_other(self, value, LayerSpec, "transformer_layer_spec")


@public
@dataclass(kw_only=True)
class LayeredHybridModelConfig(HybridModelConfig):
    """A HybridModelConfig of a model that has layers; all else as in LayeredGPTModelConfig."""

    layers: Layers
    """What stock Megatron lacks."""

    def __post_init__(self) -> None:
        _finish(self, self.transformer, self.layers, hybrid=True)

    @property  # type: ignore[misc]  # derived, where Megatron's class stores it
    def hybrid_stack_spec(self) -> HybridLayerSpec:
        """Always that of `layers`."""
        return HybridLayerSpec(self.layers)

    @hybrid_stack_spec.setter
    def hybrid_stack_spec(self, value: object) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]  derived
        _refuse_other(self, value, HybridLayerSpec, "hybrid_stack_spec")


def _finish(config: ModelConfig, transformer: TransformerConfig, layers: Layers, *, hybrid: bool = False) -> None:
    check(layers, transformer, config, hybrid=hybrid)
    mark(transformer)


def _refuse_other(
    config: ModelConfig, value: object, own: Callable[[Layers], LayerSpec | HybridLayerSpec], name: str
) -> None:
    """Let nothing be assigned but what is derived anyway.

    While a config is made its layers are not known yet, and `dataclasses.replace` hands over the spec of the old ones.
    """
    layers: Layers | None = vars(config).get("layers")
    if layers is None:
        fitting = value is None or isinstance(value, LayerSpec | HybridLayerSpec)
    else:
        fitting = value == own(layers)
    if not fitting:
        raise TypeError(f"{name}={shown(value)}: it follows from layers, and cannot be given beside them")
