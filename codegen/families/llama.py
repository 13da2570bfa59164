"""Llama 2 to 3.3, and the many checkpoints that use its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import (
    DECODER,
    DENSE_KERNELS,
    GROUPED_QUERY,
    KERNELS_WHY,
    NO_KERNELS_BACK,
    ONE_KIND_OF_LAYER,
    ONE_RANK,
    ROPE,
)
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Bundle, Family, Inverse, Rename, Require, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.llama.configuration_llama import LlamaConfig

    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope


def biases_agree(hf: LlamaConfig) -> bool:
    return hf.attention_bias == hf.mlp_bias


def attention_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


def kernel_fields(
    hf: LlamaConfig,
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


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM),
    rows=(
        ONE_KIND_OF_LAYER,
        Rename("mlp_bias", "add_bias_linear"),
        Require(
            "attention_bias",
            biases_agree,
            "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when "
            "every linear layer has one",
            inverse=(Inverse("attention_bias", attention_bias_of),),
        ),
        Bundle(DENSE_KERNELS, kernel_fields, KERNELS_WHY, NO_KERNELS_BACK),
        ONE_RANK,
    ),
)

LLAMA = Family(
    name="llama",
    config_class="transformers.models.llama.configuration_llama.LlamaConfig",
    target=GPT,
    table=TABLE,
    covers="Llama 2 to 3.3, and the many checkpoints that use its class.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
