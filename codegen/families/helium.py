"""Kyutai's Helium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import INTERLEAVED_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Constant, Family, Rename, must_be, require

if TYPE_CHECKING:
    from transformers.models.helium.configuration_helium import HeliumConfig


def heads_are_as_wide_as_the_model(hf: HeliumConfig) -> bool:
    return hf.head_dim * hf.num_attention_heads == hf.hidden_size


FAMILY = Family(
    config="transformers.models.helium.configuration_helium.HeliumConfig",
    covers="Kyutai's Helium 2B.",
    parts=(DECODER, GROUPED_QUERY, INTERLEAVED_ROPE, HEAD_DIM, ONE_KIND_OF_LAYER),
    targets=(GPT,),
    rows=(
        require(
            "head_dim",
            heads_are_as_wide_as_the_model,
            "must be hidden_size / num_attention_heads: the output projection of the class takes hidden_size",
        ),
        Rename("attention_bias", "add_qkv_bias"),
        Constant("add_bias_linear", False, "No other linear layer has a bias when mlp_bias is False."),
        must_be(
            "mlp_bias",
            (False,),
            "the output projection of attention has no bias, and Megatron has those of the MLP only with one there",
        ),
    ),
)
