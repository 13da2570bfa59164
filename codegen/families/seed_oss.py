"""Seed-OSS 36B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import Dropout, Place, Published, hidden_dropouts
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Inverse, Rename, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.seed_oss.configuration_seed_oss import SeedOssConfig


def output_biases_agree(hf: SeedOssConfig) -> bool:
    return hf.attention_out_bias == hf.mlp_bias


def attention_out_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


def input_bias_fits(hf: SeedOssConfig) -> bool:
    return hf.attention_bias or not hf.mlp_bias


FAMILY = Family(
    config="transformers.models.seed_oss.configuration_seed_oss.SeedOssConfig",
    covers="Seed-OSS 36B.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, ONE_KIND_OF_LAYER, ONE_RANK, DENSE),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout",),
    rows=(
        *hidden_dropouts(
            Dropout("residual_dropout", Place.ADDED, Published(0.1, "ByteDance-Seed/Seed-OSS-36B-Instruct")),
        ),
        Rename("attention_bias", "add_qkv_bias"),
        Rename("mlp_bias", "add_bias_linear"),
        require(
            "attention_out_bias",
            output_biases_agree,
            "must equal mlp_bias: Megatron has a bias on the output projection exactly when every linear layer has one",
            inverse=(Inverse("attention_out_bias", attention_out_bias_of),),
        ),
        require(
            "attention_bias",
            input_bias_fits,
            "must be True where mlp_bias is: Megatron has biases of query, key and value when every other has one",
        ),
    ),
)
