"""Mellum 2: Qwen3 with experts, windows by layer, and a rope for each type of layer, which must be the same."""

from __future__ import annotations

from codegen.families.attention import LAYERED_WINDOW, NO_ATTENTION_BIAS, QK_NORM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS
from codegen.families.experts import BALANCED_BY_LOSS, NO_SHARED_EXPERTS, NORMALISED_IF_SAID, SOFTMAX_SCORES
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import EXPERTS, WINDOWS, as_hybrid
from codegen.families.layer_ropes import HYBRID_LAYER_ROPES, LAYER_ROPES
from codegen.families.listed_experts import LISTED_EXPERTS
from codegen.families.routers import NUMBERED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Family, Ignored, Kind, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, LAYER_ROPES, QK_NORM, NO_ATTENTION_BIAS, LAYERED_WINDOW),
        *(LISTED_EXPERTS, NUMBERED_EXPERTS, NO_SHARED_EXPERTS),
        *(SOFTMAX_SCORES, NORMALISED_IF_SAID, BALANCED_BY_LOSS, KERNELS_OF_EXPERTS),
        GIVEN_HEAD_DIM,
    ),
    rows=(
        *(
            Ignored(name, Kind.DEAD, "the class does not build the layers that predict further tokens")
            for name in ("num_mtp_layers", "mtp_layer_types", "mtp_mlp_layer_types")
        ),
    ),
)

MELLUM = Family(
    name="mellum",
    config_class="transformers.models.mellum.configuration_mellum.MellumConfig",
    target=GPT,
    table=TABLE,
    covers="Mellum 2, where all types of layers have one rope.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_LAYER_ROPES, WINDOWS),
)
