"""ERNIE 4.5's dense model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import (
    DECODER,
    DENSE_KERNELS,
    GROUPED_QUERY,
    KERNELS_WHY,
    NO_KERNELS_BACK,
    ONE_KIND_OF_LAYER,
)
from codegen.families.head_dim import HEAD_DIM
from codegen.families.interleaved import INTERLEAVED_ROPE
from codegen.families.targets import GPT
from codegen.table import Bundle, Computed, Constant, Family, Inverse, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.ernie4_5.configuration_ernie4_5 import Ernie4_5Config

    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels


def add_bias_linear(hf: Ernie4_5Config) -> bool:
    return bool(hf.use_bias)


def use_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


def kernel_fields(
    hf: Ernie4_5Config, caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor]
) -> KernelFields:
    return kernels(
        caller, activation_func=activation_func, gated=True, bias=bool(hf.use_bias), experts=False, rope=False
    )


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, INTERLEAVED_ROPE, HEAD_DIM),
    drop=("attention_dropout",),
    rows=(
        ONE_KIND_OF_LAYER,
        Constant("attention_dropout", 0.0, "The class has no dropout in attention."),
        Computed(
            "add_bias_linear",
            add_bias_linear,
            "Of attention and MLP alike.",
            inverse=(Inverse("use_bias", use_bias_of),),
        ),
        Bundle(DENSE_KERNELS, kernel_fields, KERNELS_WHY, NO_KERNELS_BACK),
    ),
)

# A HybridModel has no interleaved rope.
ERNIE4_5 = Family(
    name="ernie4_5",
    config_class="transformers.models.ernie4_5.configuration_ernie4_5.Ernie4_5Config",
    target=GPT,
    table=TABLE,
    covers="ERNIE 4.5's dense model of 0.3B.",
)
