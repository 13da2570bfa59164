"""Gemma's first release."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.gemma import ONE_DIRECTION
from codegen.parts.decoder.multipliers import ROOT_OF_WIDTH
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Constant, Family, NoInverse, Otherwise, Replaced, restates

if TYPE_CHECKING:
    from transformers.models.gemma.configuration_gemma import GemmaConfig


def softmax_scale(hf: GemmaConfig) -> float:
    return 1 / math.sqrt(hf.head_dim)


FAMILY = Family(
    config="transformers.models.gemma.configuration_gemma.GemmaConfig",
    covers="Gemma's first release, 2B and 7B.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        HEAD_DIM,
        ATTENTION_BIAS,
        ROOT_OF_WIDTH,
        ONE_KIND_OF_LAYER,
        DENSE,
        ONE_DIRECTION,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by one plus their weight."),
        Computed(
            "softmax_scale",
            softmax_scale,
            "As ever; with use_mup Megatron has another, if it is left out.",
            inverse=NoInverse("it follows from head_dim, which is read back from kv_channels"),
        ),
        restates("hidden_activation", "hidden_act", "both name the activation of the MLPs"),
    ),
    older=(
        Otherwise(
            "hidden_act",
            "5.18.0",
            "gelu was computed exactly, and not as the tanh approximation for which it stands in Gemma's files",
            Replaced("gelu", "gelu_pytorch_tanh"),
        ),
    ),
)
