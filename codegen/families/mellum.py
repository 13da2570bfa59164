"""Mellum 2: Qwen3 with experts, windows by layer, and a rope for each type of layer."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import NORMALISED_IF_SAID, NUMBERED_EXPERTS, SOFTMAX_SCORES
from codegen.parts.positions.by_layer import LAYER_ROPES
from codegen.table import (
    Attribute,
    Family,
    Ignored,
    Kind,
    Older,
    Since,
)

FAMILY = Family(
    config="transformers.models.mellum.configuration_mellum.MellumConfig",
    covers="Mellum 2.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        LAYER_ROPES,
        QK_NORM,
        ATTENTION_BIAS,
        LAYERED_WINDOW,
        LISTED_EXPERTS,
        NUMBERED_EXPERTS,
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
        GIVEN_HEAD_DIM,
    ),
    targets=(GPT, HYBRID),
    rows=(
        *(
            Ignored(name, Kind.DEAD, "the class does not build the layers that predict further tokens")
            for name in ("num_mtp_layers", "mtp_layer_types", "mtp_mlp_layer_types")
        ),
    ),
    since=Since("5.10.1", "There was no such class."),
    older=(
        Older("num_mtp_layers", "5.20.0", Attribute("num_nextn_predict_layers", None), "It was undeclared."),
        *(
            Older(name, "5.20.0", Attribute(name, None), "It was undeclared.")
            for name in ("mtp_layer_types", "mtp_mlp_layer_types")
        ),
    ),
)
