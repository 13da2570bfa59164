"""Solar Open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.experts import (
    ALL_EXPERTS,
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    GROUPED_ROUTER,
    ROUTED_EXPERTS,
)
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Computed, Constant, Family, Ignored, Kind, NoInverse, Rename, Rows

if TYPE_CHECKING:
    from transformers.models.solar_open.configuration_solar_open import SolarOpenConfig


def ffn_hidden_size(hf: SolarOpenConfig) -> int:
    return hf.moe_intermediate_size


TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, ALL_EXPERTS, GROUPED_ROUTER, COUNTED_SHARED_EXPERTS),
        *(BALANCED_BY_BIAS, KERNELS_OF_EXPERTS),
        GIVEN_HEAD_DIM,
    ),
    drop=("intermediate_size",),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        Computed(
            "ffn_hidden_size",
            ffn_hidden_size,
            "No layer has a dense MLP.",
            NoInverse("moe_intermediate_size is read back from moe_ffn_hidden_size"),
        ),
        *ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        Ignored(
            "intermediate_size",
            Kind.INFERENCE,
            "the width of dense layers, of which the class has none; its shared MLP is given another",
        ),
    ),
)

SOLAR_OPEN = Family(
    name="solar_open",
    config_class="transformers.models.solar_open.configuration_solar_open.SolarOpenConfig",
    target=GPT,
    table=TABLE,
    covers="Solar Open.",
    hybrid=as_hybrid(TABLE, *EXPERTS, HYBRID_ROPE),
)
