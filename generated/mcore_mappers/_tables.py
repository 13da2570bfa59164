"""Closed sets of Hugging Face values, and what Megatron has for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from megatron.core.activations import fast_gelu, squared_relu
from megatron.core.fusions.fused_bias_geglu import quick_gelu
from torch.nn.functional import gelu, relu, silu

if TYPE_CHECKING:
    from torch import Tensor


ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "silu": silu,
    "swish": silu,
    "gelu": gelu,
    "gelu_python": gelu,
    "gelu_pytorch_tanh": fast_gelu,
    "gelu_new": fast_gelu,
    "gelu_fast": fast_gelu,
    "quick_gelu": quick_gelu,
    "relu": relu,
    "relu2": squared_relu,
}
"""Activation functions by their names in transformers' ACT2FN; equal in float32 to the last digits."""

LAYER_SYMBOLS: Mapping[str, str] = {
    "linear_attention": "M",
    "full_attention": "*",
    "mlp": "-",
    "moe": "E",
}
"""Layer types of hybrid models, and the symbols of Megatron's layer pattern."""

MAMBA_ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "silu": silu,
    "swish": silu,
}
"""The one activation function of Megatron's Mamba layers, by its names in transformers' ACT2FN."""
