"""Seed-OSS 36B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import OUTPUT_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import Dropout, Place, Published, hidden_dropouts
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Family, Inverse, NoInverse, Rename, layered, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.seed_oss.configuration_seed_oss import SeedOssConfig

    from mcore_mappers_runtime.biases import attention_is_biased, output_is_biased


def output_biases_agree(hf: SeedOssConfig) -> bool:
    return hf.attention_out_bias == hf.mlp_bias


def output_bias_if_apart(hf: SeedOssConfig) -> bool | None:
    return None if hf.attention_out_bias == hf.mlp_bias else hf.attention_out_bias


def input_bias_fits(hf: SeedOssConfig) -> bool:
    return hf.attention_bias or not hf.mlp_bias


def attention_out_bias_back(model: GPTModelConfig | HybridModelConfig) -> bool:
    return output_is_biased(model)


def attention_bias_back(model: GPTModelConfig | HybridModelConfig) -> bool:
    return attention_is_biased(model)


FAMILY = Family(
    config="transformers.models.seed_oss.configuration_seed_oss.SeedOssConfig",
    covers="Seed-OSS 36B.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, ONE_KIND_OF_LAYER, ONE_RANK, DENSE),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout",),
    weights=(OUTPUT_BIAS,),
    rows=(
        *hidden_dropouts(
            Dropout("residual_dropout", Place.ADDED, Published(0.1, "ByteDance-Seed/Seed-OSS-36B-Instruct")),
        ),
        Rename(
            "attention_bias",
            "add_qkv_bias",
            inverse=NoInverse("attention_bias is read back from all that says it together"),
        ),
        Rename("mlp_bias", "add_bias_linear"),
        *layered(
            Computed(
                "add_proj_bias",
                output_bias_if_apart,
                "None, where it has what the MLP has.",
                inverse=(Inverse("attention_out_bias", attention_out_bias_back),),
            ),
            otherwise=require(
                "attention_out_bias",
                output_biases_agree,
                "must equal mlp_bias: Megatron has a bias on the output projection exactly when every linear layer has "
                "one",
            ),
        ),
        *layered(
            Computed(
                "qkv_bias",
                input_bias_fits,
                "Attention may be without those of the MLP.",
                inverse=(Inverse("attention_bias", attention_bias_back),),
            ),
            otherwise=require(
                "attention_bias",
                input_bias_fits,
                "must be True where mlp_bias is: Megatron has biases of query, key and value when every other has one",
            ),
        ),
    ),
)
