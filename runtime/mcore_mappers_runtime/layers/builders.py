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
        return with_bands(_with_capped_logits(model, config.layers), config, config.layers)


@public
class LayeredHybridModelBuilder(HybridModelBuilder):
    """Builds what a LayeredHybridModelConfig says, as LayeredGPTModelBuilder does."""

    def build_model(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's."""
        config: Any = self._model_config
        model = HybridModelBuilder(_of_decoder(config)).build_model(*args, **kwargs)
        return _with_capped_logits(model, config.layers)


def _of_decoder(config: Any) -> Any:
    """The same config, with the same inner one, of what its spec alone says."""
    decoder = copy.copy(config)
    absent = Layers()
    stated: Layers = config.layers
    decoder.layers = dataclasses.replace(stated, **{name: vars(absent)[name] for name in AROUND_LAYERS})
    return decoder


def _with_capped_logits(model: Any, layers: Layers) -> Any:
    """The model, or the stage of it, with a hook of the output layer if it has one.

    It is around the layer, which Megatron calls in several places: for loss, for logits, and in an `output_processor`
    of the caller's.
    """
    cap = layers.final_logit_softcapping
    if cap is not None and model.post_process:
        model.output_layer.register_forward_hook(partial(_capped, cap))
    return model


def _capped(cap: float, layer: torch.nn.Module, given: object, output: tuple[Tensor, Tensor | None]) -> object:
    """`cap * tanh(logits / cap)`, as Gemma2ForCausalLM.forward has it."""
    del layer, given
    logits, bias = output
    return soft_capped(logits, cap), bias
