"""Megatron's builders, for models of which a spec of layers does not say all."""

from __future__ import annotations

import copy
import dataclasses
from functools import partial
from typing import Any

import torch
from megatron.training.models.gpt import GPTModelBuilder
from megatron.training.models.hybrid import HybridModelBuilder
from torch import Tensor

from .bands import with_bands
from .fields import Layers
from .output_bias import add_bias
from .public import public
from .soft_caps import soft_capped
from .specs import AROUND_LAYERS


@public
class LayeredGPTModelBuilder(GPTModelBuilder):
    """Builds what a LayeredGPTModelConfig says: Megatron's model, with what layers say of its rope and its logits."""

    def build_model(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's."""
        config: Any = self._model_config
        model = GPTModelBuilder(_of_decoder(config)).build_model(*args, **kwargs)
        return with_bands(_with_logits(model, config.layers), config, config.layers)


@public
class LayeredHybridModelBuilder(HybridModelBuilder):
    """Builds what a LayeredHybridModelConfig says, as LayeredGPTModelBuilder does."""

    def build_model(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's."""
        config: Any = self._model_config
        model = HybridModelBuilder(_of_decoder(config)).build_model(*args, **kwargs)
        return _with_logits(model, config.layers)


def _of_decoder(config: Any) -> Any:
    """The same config, with the same inner one, of what its spec alone says."""
    decoder = copy.copy(config)
    absent = Layers()
    stated: Layers = config.layers
    decoder.layers = dataclasses.replace(stated, **{name: vars(absent)[name] for name in AROUND_LAYERS})
    return decoder


def _with_logits(model: Any, layers: Layers) -> Any:
    """The model, or the stage of it, whose output layer, if it has one, gives logits as the layers say.

    A cap is a hook around that layer, which Megatron calls in several places: for loss, for logits, and in an
    `output_processor` of the caller's.
    """
    if model.post_process and layers.output_layer_bias:
        add_bias(model.output_layer)
    if model.post_process and layers.final_logit_softcapping is not None:
        model.output_layer.register_forward_hook(partial(_capped, layers.final_logit_softcapping))
    return model


def _capped(cap: float, layer: torch.nn.Module, given: object, output: tuple[Tensor, Tensor | None]) -> object:
    """`cap * tanh(logits / cap)`, as Gemma2ForCausalLM.forward has it."""
    del layer, given
    logits, bias = output
    return soft_capped(logits, cap), bias
