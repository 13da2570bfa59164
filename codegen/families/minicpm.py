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
from codegen.parts.positions.long import ROPE_OR_LONG_ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Family, Inverse, NoInverse, Unread, hard_wired, require

if TYPE_CHECKING:
    from mcore_mappers_runtime.carried import NotCarried
    from mcore_mappers_runtime.described.minicpm import MiniCPMConfig
    from mcore_mappers_runtime.layers.fields import Layers
    from mcore_mappers_runtime.long_rope import LongRope, stretched_by, stretched_length


def softmax_scale(hf: MiniCPMConfig) -> float:
    return 1 / math.sqrt(hf.hidden_size // hf.num_attention_heads)


def factors_of_all_lengths(long: LongRope) -> bool:
    return long.rope_short_factor == long.rope_long_factor


def attention_factor_of_lengths(hf: MiniCPMConfig, long: LongRope) -> bool:
    original = long.rope_original_max_position_embeddings
    return original is None or long.rope_attention_factor == stretched_by(hf.max_position_embeddings, original)


def max_position_embeddings_of(layers: Layers) -> int | NotCarried:
    return stretched_length(layers)


FAMILY = Family(
    config="mcore_mappers_runtime.described.minicpm.MiniCPMConfig",
    architectures=("MiniCPMForCausalLM",),
    covers="MiniCPM, dense, with attention to all tokens, and MiniCPM4.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE_OR_LONG_ROPE,
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
        require(
            "rope_parameters",
            factors_of_all_lengths,
            "must have the same factors for short texts and long ones: the code beside these checkpoints keeps those "
            "of the longest text that it has seen, or of max_position_embeddings",
            inverse=NoInverse("rope_parameters is read back where the rope is read"),
        ),
        require(
            "max_position_embeddings",
            attention_factor_of_lengths,
            "must give a longrope its attention factor, together with the original length: the code beside these "
            "checkpoints reads neither factor nor attention_factor",
            inverse=(Inverse("max_position_embeddings", max_position_embeddings_of),),
        ),
        Unread("mup_denominator", "the number of layers of another model, by which a draft model scales its branches"),
        hard_wired("num_experts", 0, "MiniCPM-MoE has the same type, and experts in every layer"),
        hard_wired("sparse_config", None, "attention to chosen blocks of tokens alone is another computation"),
    ),
)
