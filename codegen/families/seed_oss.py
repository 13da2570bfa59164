"""Seed-OSS 36B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.biases import GATED_KERNELS
from codegen.families.decoder import DECODER, GROUPED_QUERY, ONE_KIND_OF_LAYER, ONE_RANK, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Computed, Family, Inverse, Rename, Require, Rows, probability

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.seed_oss.configuration_seed_oss import SeedOssConfig


def hidden_dropout(hf: SeedOssConfig) -> float:
    return hf.residual_dropout


def residual_dropout_of(transformer: TransformerConfig) -> float:
    return transformer.hidden_dropout


def output_biases_agree(hf: SeedOssConfig) -> bool:
    return hf.attention_out_bias == hf.mlp_bias


def attention_out_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


def input_bias_fits(hf: SeedOssConfig) -> bool:
    return hf.attention_bias or not hf.mlp_bias


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, GATED_KERNELS),
    drop=("hidden_dropout",),
    rows=(
        ONE_KIND_OF_LAYER,
        Computed(
            "hidden_dropout",
            hidden_dropout,
            "Megatron drops out of the embeddings, too.",
            inverse=(Inverse("residual_dropout", residual_dropout_of),),
        ),
        *probability("residual_dropout"),
        Rename("attention_bias", "add_qkv_bias"),
        Rename("mlp_bias", "add_bias_linear"),
        Require(
            "attention_out_bias",
            output_biases_agree,
            "must equal mlp_bias: Megatron has a bias on the output projection exactly when every linear layer has one",
            inverse=(Inverse("attention_out_bias", attention_out_bias_of),),
        ),
        Require(
            "attention_bias",
            input_bias_fits,
            "must be True where mlp_bias is: Megatron has biases of query, key and value when every other has one",
        ),
        ONE_RANK,
    ),
)

SEED_OSS = Family(
    name="seed_oss",
    config_class="transformers.models.seed_oss.configuration_seed_oss.SeedOssConfig",
    target=GPT,
    table=TABLE,
    covers="Seed-OSS 36B.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
