"""Which linear layers of a Megatron model have biases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .layered import layers_of

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig


def attention_is_biased(model: GPTModelConfig | HybridModelConfig) -> bool:
    """Whether queries, keys and values have biases."""
    transformer = model.transformer
    return transformer.add_qkv_bias or (transformer.add_bias_linear and layers_of(model).qkv_bias)


def output_is_biased(model: GPTModelConfig | HybridModelConfig) -> bool:
    """Whether the output projection of attention has a bias."""
    said = layers_of(model).add_proj_bias
    return model.transformer.add_bias_linear if said is None else said
