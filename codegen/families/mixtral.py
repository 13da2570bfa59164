"""Mixtral 8x7B and 8x22B."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import OPTIONAL_HEAD_DIM
from codegen.parts.attention.windows import WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import LOCAL_EXPERTS, NO_JITTER, NORMALISED, SOFTMAX_SCORES, experts_alone
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family

FAMILY = Family(
    config="transformers.models.mixtral.configuration_mixtral.MixtralConfig",
    covers="Mixtral 8x7B and 8x22B.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        OPTIONAL_HEAD_DIM,
        NO_BIAS,
        WINDOW,
        ALL_EXPERTS,
        LOCAL_EXPERTS,
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED,
        NO_JITTER,
        BALANCED_BY_LOSS,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size",),
    rows=experts_alone("intermediate_size"),
)
