"""Kyutai's Helium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_WITHOUT_ROPE, ONE_KIND_OF_LAYER
from codegen.families.head_dim import HEAD_DIM
from codegen.families.interleaved import INTERLEAVED_ROPE
from codegen.families.targets import GPT
from codegen.table import Constant, Family, MustBe, Rename, Require, Rows

if TYPE_CHECKING:
    from transformers.models.helium.configuration_helium import HeliumConfig


def heads_are_as_wide_as_the_model(hf: HeliumConfig) -> bool:
    return hf.head_dim * hf.num_attention_heads == hf.hidden_size


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, INTERLEAVED_ROPE, HEAD_DIM, KERNELS_WITHOUT_ROPE),
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
