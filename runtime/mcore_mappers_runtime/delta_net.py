"""Gated DeltaNet: which layers mix tokens with it instead of attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .by_layer import linear
from .hybrid import ATTENTION, DELTA_NET, MAMBA, mixers
from .layer_kinds import known_types, second_of_two
from .windows import SLIDING, window_types

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

FULL, LINEAR = "full_attention", "linear_attention"


def linear_layers(check: Check, layer_types: Sequence[str] | None, num_layers: int) -> list[int]:
    """1 for each layer with Gated DeltaNet, 0 for each with attention; any other list is refused."""
    if layer_types is None or len(layer_types) != num_layers:
        check.refuse("layer_types", layer_types, f"must list {num_layers} layers, as many as num_hidden_layers")
        return [0] * num_layers
    return second_of_two(check, "layer_types", layer_types, (FULL, LINEAR), "this family")


def windowed_types(check: Check, layer_types: Sequence[str] | None, num_layers: int) -> Sequence[str]:
    """The type of each layer, where some of those with attention have a window; any other list is refused."""
    if layer_types is None or len(layer_types) != num_layers:
        check.refuse("layer_types", layer_types, f"must list {num_layers} layers, as many as num_hidden_layers")
        return [FULL] * num_layers
    known_types(check, "layer_types", layer_types, (FULL, SLIDING, LINEAR), "this family")
    return layer_types


def mixer_symbols(linear: Sequence[int]) -> str:
    """The symbol of each layer's mixer in a hybrid pattern."""
    return "".join(DELTA_NET if each else ATTENTION for each in linear)


def mixer_types(model: GPTModelConfig) -> list[str]:
    """The type of every layer of a GPT model."""
    transformer = model.transformer
    each_layer = linear(transformer.linear_attention_freq, transformer.num_layers) or [0] * transformer.num_layers
    mixed = transformer.experimental_attention_variant is not None
    return [LINEAR if mixed and each else FULL for each in each_layer]


def hybrid_mixer_types(model: HybridModelConfig) -> list[str]:
    """The type of every layer of a decoder that is a hybrid model."""
    return [LINEAR if symbol == DELTA_NET else FULL for symbol in mixers(model)]


def windowed_mixer_types(model: GPTModelConfig | HybridModelConfig, mixers: Sequence[str]) -> list[str]:
    """The type of every layer, of those with attention by their windows.

    Args:
        model: a decoder, which may be a hybrid model.
        mixers: which of its layers have Gated DeltaNet.
    """
    return [mixer if mixer == LINEAR else window for mixer, window in zip(mixers, window_types(model), strict=False)]


def linear_types(model: HybridModelConfig) -> list[str]:
    """The same of a model whose other layers have Mamba."""
    return [LINEAR if symbol == MAMBA else FULL for symbol in mixers(model)]
