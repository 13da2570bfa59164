"""Llama 2 to 3.3, and the many checkpoints that use its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.decoder import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Inverse, Rename, require

if TYPE_CHECKING:

    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.llama.configuration_llama import LlamaConfig


def biases_agree(hf: LlamaConfig) -> bool:
    return hf.attention_bias == hf.mlp_bias


def attention_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


FAMILY = Family(
    config="transformers.models.llama.configuration_llama.LlamaConfig",
    covers="Llama 2 to 3.3, and the many checkpoints that use its class.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, ONE_KIND_OF_LAYER, ONE_RANK, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        Rename("mlp_bias", "add_bias_linear"),
        require(
            "attention_bias",
            biases_agree,
            "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when "
            "every linear layer has one",
            inverse=(Inverse("attention_bias", attention_bias_of),),
        ),
    ),
)
