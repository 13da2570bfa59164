"""Gemma's first release."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.families.attention import NO_ATTENTION_BIAS
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.multipliers import ROOT_OF_WIDTH
from codegen.families.targets import GPT
from codegen.table import Computed, Constant, Family, Inverse, NoInverse, Require, Rows

if TYPE_CHECKING:
    from transformers.models.gemma.configuration_gemma import GemmaConfig


def softmax_scale(hf: GemmaConfig) -> float:
    return 1 / math.sqrt(hf.head_dim)


def attention_is_causal(hf: GemmaConfig) -> bool:
    return not hf.use_bidirectional_attention


def use_bidirectional_attention_of() -> bool | None:
    return None


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, NO_ATTENTION_BIAS, ROOT_OF_WIDTH, KERNELS),
    rows=(
        ONE_KIND_OF_LAYER,
        Constant("layernorm_zero_centered_gamma", True, "Norms multiply by one plus their weight."),
        Computed(
            "softmax_scale",
            softmax_scale,
            "As ever; with use_mup Megatron has another, if it is left out.",
            inverse=NoInverse("it follows from head_dim, which is read back from kv_channels"),
        ),
        Require(
            "use_bidirectional_attention",
            attention_is_causal,
            "must not be True: Megatron's language models do not attend to later tokens",
            inverse=(Inverse("use_bidirectional_attention", use_bidirectional_attention_of),),
        ),
    ),
)

GEMMA = Family(
    name="gemma",
    config_class="transformers.models.gemma.configuration_gemma.GemmaConfig",
    target=GPT,
    table=TABLE,
    covers="Gemma's first release, 2B and 7B.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
