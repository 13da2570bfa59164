"""Kyutai's Helium."""

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
from codegen.table import Bundle, Constant, Family, MustBe, Rename, Require, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from transformers.models.helium.configuration_helium import HeliumConfig

    from mcore_mappers._kernels import CallerKernelFields, KernelFields, kernels


def heads_are_as_wide_as_the_model(hf: HeliumConfig) -> bool:
    return hf.head_dim * hf.num_attention_heads == hf.hidden_size


def kernel_fields(caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor]) -> KernelFields:
    return kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=False, rope=False)


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, INTERLEAVED_ROPE, HEAD_DIM),
    rows=(
        ONE_KIND_OF_LAYER,
        Require(
            "head_dim",
            heads_are_as_wide_as_the_model,
            "must be hidden_size / num_attention_heads: the output projection of the class takes hidden_size",
        ),
        Rename("attention_bias", "add_qkv_bias"),
        Constant("add_bias_linear", False, "No other linear layer has a bias when mlp_bias is False."),
        MustBe(
            "mlp_bias",
            (False,),
            "the output projection of attention has no bias, and Megatron has those of the MLP only with one there",
        ),
        Bundle(DENSE_KERNELS, kernel_fields, KERNELS_WHY, NO_KERNELS_BACK),
    ),
)

# A HybridModel has no interleaved rope.
HELIUM = Family(
    name="helium",
    config_class="transformers.models.helium.configuration_helium.HeliumConfig",
    target=GPT,
    table=TABLE,
    covers="Kyutai's Helium 2B.",
)
