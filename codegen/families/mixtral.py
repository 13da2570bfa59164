"""Mixtral 8x7B and 8x22B."""

from __future__ import annotations

from codegen.families.attention import NO_BIAS, WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.experts import ALL_EXPERTS, BALANCED_BY_LOSS, NO_SHARED_EXPERTS, SOFTMAX_SCORES
from codegen.families.head_dim import OPTIONAL_HEAD_DIM
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.routers import LOCAL_EXPERTS, NORMALISED
from codegen.families.targets import GPT
from codegen.table import Family, MustBe, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, OPTIONAL_HEAD_DIM, NO_BIAS, WINDOW),
        *(ALL_EXPERTS, LOCAL_EXPERTS, NO_SHARED_EXPERTS, SOFTMAX_SCORES, NORMALISED, BALANCED_BY_LOSS),
        KERNELS_OF_EXPERTS,
    ),
    rows=(
        ONE_KIND_OF_LAYER,
        MustBe(
            "router_jitter_noise",
            (0.0,),
            "it scales what router and experts read in training, and Megatron's jitter scales what the router reads",
        ),
    ),
)

MIXTRAL = Family(
    name="mixtral",
    config_class="transformers.models.mixtral.configuration_mixtral.MixtralConfig",
    target=GPT,
    table=TABLE,
    covers="Mixtral 8x7B and 8x22B.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE),
)
