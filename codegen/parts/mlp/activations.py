"""Activation functions by the names of transformers' `ACT2FN`, and Megatron's of the same mathematics."""

from __future__ import annotations

from typing import Final

from codegen.table import Symbol, ValueTable

SILU: Final = Symbol("torch.nn.functional.silu")

GELU: Final = Symbol("torch.nn.functional.gelu")

TANH_GELU: Final = Symbol("megatron.core.activations.fast_gelu")

QUICK_GELU: Final = Symbol("megatron.core.fusions.fused_bias_geglu.quick_gelu")

RELU: Final = Symbol("torch.nn.functional.relu")

SQUARED_RELU: Final = Symbol("megatron.core.activations.squared_relu")

ACTIVATIONS: Final = ValueTable(
    name="ACTIVATIONS",
    values={
        "silu": SILU,
        "swish": SILU,
        "gelu": GELU,
        "gelu_python": GELU,
        "gelu_pytorch_tanh": TANH_GELU,
        "gelu_new": TANH_GELU,
        "gelu_fast": TANH_GELU,
        "quick_gelu": QUICK_GELU,
        "relu": RELU,
        "relu2": SQUARED_RELU,
    },
    doc="Activation functions by their names in transformers' ACT2FN; equal in float32 to the last digits.",
)
