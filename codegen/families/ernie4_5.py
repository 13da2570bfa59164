"""ERNIE 4.5's dense model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION
from codegen.parts.positions.rope import INTERLEAVED_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Computed, Family, Inverse

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.ernie4_5.configuration_ernie4_5 import Ernie4_5Config


def add_bias_linear(hf: Ernie4_5Config) -> bool:
    return bool(hf.use_bias)


def use_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


FAMILY = Family(
    config="transformers.models.ernie4_5.configuration_ernie4_5.Ernie4_5Config",
    covers="ERNIE 4.5's dense model of 0.3B.",
    parts=(DECODER, GROUPED_QUERY, INTERLEAVED_ROPE, HEAD_DIM, ONE_KIND_OF_LAYER),
    targets=(GPT,),
    replaces=("attention_dropout",),
    rows=(
        NO_DROPOUT_IN_ATTENTION,
        Computed(
            "add_bias_linear",
            add_bias_linear,
            "Of attention and MLP alike.",
            inverse=(Inverse("use_bias", use_bias_of),),
        ),
    ),
)
