"""Megatron's builders, for models of which a spec of layers does not say all."""

from __future__ import annotations

import copy
import dataclasses
from functools import partial
from typing import Any, TypeVar

import torch
from megatron.training.models.gpt import GPTModelBuilder
from megatron.training.models.hybrid import HybridModelBuilder
from torch import Tensor

from .public import public
from .soft_caps import soft_capped

Config = TypeVar("Config")


@public
class LayeredGPTModelBuilder(GPTModelBuilder):
    """Builds what a LayeredGPTModelConfig says: Megatron's model, with logits that are capped if the layers say so."""

    def build_model(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's."""
        config: Any = self._model_config
        stock = GPTModelBuilder(_of_decoder(config))
        return _with_capped_logits(stock.build_model(*args, **kwargs), config.layers.final_logit_softcapping)


@public
class LayeredHybridModelBuilder(HybridModelBuilder):
    """Builds what a LayeredHybridModelConfig says, as LayeredGPTModelBuilder does."""

    def build_model(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's."""
        config: Any = self._model_config
        stock = HybridModelBuilder(_of_decoder(config))
        return _with_capped_logits(stock.build_model(*args, **kwargs), config.layers.final_logit_softcapping)


def _of_decoder(config: Any) -> Any:
    """The same config, with the same inner one, of what its spec alone says."""
    decoder = copy.copy(config)
    decoder.layers = dataclasses.replace(config.layers, final_logit_softcapping=None)
    return decoder


def _with_capped_logits(model: Any, cap: float | None) -> Any:
    """The model, or the stage of it, with a hook of the output layer if it has one.

    It is around the layer, which Megatron calls in several places: for loss, for logits, and in an `output_processor`
    of the caller's.
    """
    if cap is not None and model.post_process:
        model.output_layer.register_forward_hook(partial(_capped, cap))
    return model


def _capped(cap: float, layer: torch.nn.Module, given: object, output: tuple[Tensor, Tensor | None]) -> object:
    """`cap * tanh(logits / cap)`, as Gemma2ForCausalLM.forward has it."""
    del layer, given
    logits, bias = output
    return soft_capped(logits, cap), bias
