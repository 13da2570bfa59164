"""Biases that Megatron has in every linear layer or in none, in families that say it for attention and MLP apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.decoder import DENSE_KERNELS, KERNELS_WHY, NO_KERNELS_BACK
from codegen.table import Bundle, Inverse, Rename, Require, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope


class BiasesConfig(Protocol):
    """A config that says for attention and MLP apart whether their projections have biases."""

    attention_bias: bool
    mlp_bias: bool


def biases_agree(hf: BiasesConfig) -> bool:
    return hf.attention_bias == hf.mlp_bias


def attention_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


def gated_kernels(
    hf: BiasesConfig,
    caller: CallerKernelFields,
    activation_func: Callable[[torch.Tensor], torch.Tensor],
    rope: GPTRope,
) -> KernelFields:
    return kernels(
        caller,
        activation_func=activation_func,
        gated=True,
        bias=hf.mlp_bias,
        experts=False,
        rope=rope.position_embedding_type == "rope",
    )


def plain_kernels(
    hf: BiasesConfig,
    caller: CallerKernelFields,
    activation_func: Callable[[torch.Tensor], torch.Tensor],
    rope: GPTRope,
) -> KernelFields:
    return kernels(
        caller,
        activation_func=activation_func,
        gated=False,
        bias=hf.mlp_bias,
        experts=False,
        rope=rope.position_embedding_type == "rope",
    )


BIASES: Final = Rows(
    module=__name__,
    rows=(
        Rename("mlp_bias", "add_bias_linear"),
        Require(
            "attention_bias",
            biases_agree,
            "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when "
            "every linear layer has one",
            inverse=(Inverse("attention_bias", attention_bias_of),),
        ),
    ),
)
"""Llama's two switches."""

GATED_KERNELS: Final = Rows(module=__name__, rows=(Bundle(DENSE_KERNELS, gated_kernels, KERNELS_WHY, NO_KERNELS_BACK),))
"""For gated MLPs with those switches."""

PLAIN_KERNELS: Final = Rows(module=__name__, rows=(Bundle(DENSE_KERNELS, plain_kernels, KERNELS_WHY, NO_KERNELS_BACK),))
"""For MLPs without a gate with those switches."""
