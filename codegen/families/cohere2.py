"""Command R7B and Command A."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW
from codegen.parts.decoder.multipliers import LOGIT_SCALE
from codegen.parts.decoder.norms import NO_NORM_BIAS, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import GATED_MLP
from codegen.parts.positions.rope import INTERLEAVED_ROPE
from codegen.parts.stack.sequential import ONE_NORM
from codegen.table import Computed, Family, Lacks, NoInverse, Unread, Weight

if TYPE_CHECKING:
    from mcore_mappers_runtime.positions import no_rope_where_full


def no_rope_freq(sliding: list[int]) -> list[int] | None:
    return no_rope_where_full(sliding)


FAMILY = Family(
    config="transformers.models.cohere2.configuration_cohere2.Cohere2Config",
    covers="Command R7B and Command A.",
    lacks=Lacks("transformers.models.cohere2.modeling_cohere2.Cohere2DecoderLayer", "attention and MLP in parallel"),
    parts=(
        SIZES,
        NO_NORM_BIAS,
        GATED_MLP,
        GROUPED_QUERY,
        UNDECLARED_HEAD_DIM,
        INTERLEAVED_ROPE,
        GIVEN_WINDOW,
        NO_ATTENTION_BIAS,
        LOGIT_SCALE,
        ONE_NORM,
    ),
    targets=(GPT,),
    weights=(Weight("shared_layernorm.weight", "model.layers.{layer}.input_layernorm.weight"),),
    rows=(
        *layer_norm("layer_norm_eps"),
        Computed(
            "no_rope_freq",
            no_rope_freq,
            "1 for a layer without positions: each without a window.",
            NoInverse("layer_types, which is read back, says which layers have a window, and those have rope"),
        ),
        Unread("sliding_window_pattern", "the class makes layer_types of it when it is built"),
    ),
)
