"""MiniCPM."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import SCALED_BY_DEPTH
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Family, NoInverse, Unread, hard_wired

if TYPE_CHECKING:
    from mcore_mappers_runtime.described.minicpm import MiniCPMConfig


def softmax_scale(hf: MiniCPMConfig) -> float:
    return 1 / math.sqrt(hf.hidden_size // hf.num_attention_heads)


FAMILY = Family(
    config="mcore_mappers_runtime.described.minicpm.MiniCPMConfig",
    architectures=("MiniCPMForCausalLM",),
    covers="MiniCPM, dense, with attention to all tokens; not MiniCPM4, which has longrope.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        DERIVED_HEAD_DIM,
        ATTENTION_BIAS,
        SCALED_BY_DEPTH,
        ONE_RANK,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Computed(
            "softmax_scale",
            softmax_scale,
            "As ever; with use_mup Megatron has another, if it is left out.",
            inverse=NoInverse("it follows from hidden_size and num_attention_heads, which are read back"),
        ),
        Unread("mup_denominator", "the number of layers of another model, by which a draft model scales its branches"),
        hard_wired("num_experts", 0, "MiniCPM-MoE has the same type, and experts in every layer"),
        hard_wired("sparse_config", None, "attention to chosen blocks of tokens alone is another computation"),
    ),
)
