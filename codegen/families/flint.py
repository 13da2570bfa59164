"""Flint: sinks in every layer, windows and rope in some, a sigmoid router and an ungated shared expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import NUMBERED_EXPERTS, SHARED_EXPERT_WIDTH, SIGMOID_SCORES
from codegen.parts.positions.rope import ROPE
from codegen.table import Computed, Constant, Family, NoInverse, Since, positive

if TYPE_CHECKING:
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import no_rope_where_full


def no_rope(sliding: list[int]) -> list[int] | None:
    return no_rope_where_full(sliding)


def no_rope_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(no_rope_where_full(sliding))


IN_LAYER_TYPES = NoInverse("layer_types is read back where it is computed")

FAMILY = Family(
    config="transformers.models.flint.configuration_flint.FlintConfig",
    covers="Flint.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        QK_NORM,
        ATTENTION_BIAS,
        LAYERED_WINDOW,
        STEPPED_EXPERTS,
        NUMBERED_EXPERTS,
        SHARED_EXPERT_WIDTH,
        SIGMOID_SCORES,
        BALANCED_BY_LOSS,
        GIVEN_HEAD_DIM,
    ),
    targets=(GPT, HYBRID),
    replaces=("sliding_window",),
    rows=(
        *positive("sliding_window"),
        Constant("softmax_type", "learnable", "sinks, one for each head: Hugging Face has no flag."),
        Constant("moe_shared_expert_gate", False, "The shared expert is added as it is."),
    ),
    gpt=(Computed("no_rope_freq", no_rope, "Layers without a window have no positions.", inverse=IN_LAYER_TYPES),),
    hybrid=(
        Computed(
            "no_rope_freq",
            no_rope_by_symbol,
            "Layers without a window have no positions; every layer has two symbols.",
            inverse=IN_LAYER_TYPES,
        ),
    ),
    since=Since("5.21.0", "There was no such class."),
)
