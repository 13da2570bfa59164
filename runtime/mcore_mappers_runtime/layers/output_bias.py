"""A bias of the output layer, which Megatron's builder makes beside the layers, and without one."""

from __future__ import annotations

from typing import Any, Final

import torch
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig

from .change import Change, Parts, unmet
from .fields import Layers
from .untyped import split_along


def add_bias(output_layer: Any) -> None:
    """As Megatron makes biases of projections that are split over ranks by what they give: zero.

    `lm_head` of PhiForCausalLM, GPTJForCausalLM and CodeGenForCausalLM. Megatron's output layer adds a bias that it
    has, and checkpoints know it.
    """
    config = output_layer.config
    device = "cpu" if config.use_cpu_initialization else torch.cuda.current_device()
    zeros = torch.zeros(output_layer.output_size_per_partition, dtype=config.params_dtype, device=device)
    output_layer.bias = split_along(torch.nn.Parameter(zeros), 0)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    """No layer has the bias."""
    del layers, parts
    return layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.output_layer_bias:
        return []
    wanted: dict[str, tuple[object, object]] = {
        "defer_embedding_wgrad_compute": (config.defer_embedding_wgrad_compute, False),
        "fp8_output_proj": (config.fp8_output_proj, False),
    }
    return unmet("output_layer_bias=True", wanted)


CHANGE: Final = Change(("output_layer_bias",), _of_layer, _lacking, hybrid=False)
"""The bias is the builders'."""
