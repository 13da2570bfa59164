"""A bias of the output layer, which Megatron's builder makes beside the layers, and without one."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

import torch
from megatron.core.models.gpt import GPTModel
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelBuilder

from ..shown import shown
from .change import Change, Parts
from .fields import Layers
from .public import PUBLIC, public
from .untyped import split_along

BUILDER: Final = f"{PUBLIC}.LayeredGPTModelBuilder"
"""Where Megatron finds the builder; stands in checkpoints."""

_OURS: Final[ContextVar[bool]] = ContextVar("ours", default=False)
"""Whether it is this builder that builds."""


@public
class LayeredGPTModelBuilder(GPTModelBuilder):
    """Megatron's builder, and then a bias of the output layer, if the model has it.

    `lm_head` of PhiForCausalLM, GPTJForCausalLM and CodeGenForCausalLM. Megatron's output layer adds a bias that it
    has, and checkpoints know it.
    """

    def build_model(self, *args: Any, **kwargs: Any) -> GPTModel:
        """As Megatron's own, which makes the output layer on the last stage alone."""
        token = _OURS.set(True)
        try:
            model = super().build_model(*args, **kwargs)
        finally:
            _OURS.reset(token)
        layers: Layers = vars(self._model_config)["layers"]
        if layers.output_layer_bias and model.post_process:
            _add_bias(model.output_layer)
        return model


def _add_bias(output_layer: Any) -> None:
    """As Megatron makes biases of projections that are split over ranks by what they give: zero."""
    config = output_layer.config
    device = "cpu" if config.use_cpu_initialization else torch.cuda.current_device()
    zeros = torch.zeros(output_layer.output_size_per_partition, dtype=config.params_dtype, device=device)
    output_layer.bias = split_along(torch.nn.Parameter(zeros), 0)


def refuse_other_builders(layers: Layers) -> None:
    """Let no other builder have a spec, for a model that would lack the bias.

    Raises:
        ValueError: it is another, and there is a bias.
    """
    if layers.output_layer_bias and not _OURS.get():
        raise ValueError(f"output_layer_bias=True: only {BUILDER} builds that; ask the config, get_builder_cls()")


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    """No layer has the bias."""
    del layers, parts
    return layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.output_layer_bias:
        return []
    wanted = {
        "defer_embedding_wgrad_compute": config.defer_embedding_wgrad_compute,
        "fp8_output_proj": config.fp8_output_proj,
    }
    return [f"output_layer_bias=True needs {name}=False, not {shown(value)}" for name, value in wanted.items() if value]


CHANGE: Final = Change(("output_layer_bias",), _of_layer, _lacking, hybrid=False)
