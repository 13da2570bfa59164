"""LFM3, as far as every layer has attention, without a gate and without norms after it."""

from __future__ import annotations

from codegen.families.attention import LAYERED_WINDOW, NO_ATTENTION_BIAS, QK_NORM
from codegen.families.decoder import GROUPED_QUERY, SIZES
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.layer_ropes import HYBRID_LAYER_ROPES, LAYER_ROPES
from codegen.families.lfm import LFM, SILU_KERNELS
from codegen.families.targets import GPT
from codegen.table import Family, MustBe, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(SIZES, GROUPED_QUERY, LAYER_ROPES, GIVEN_HEAD_DIM, QK_NORM, NO_ATTENTION_BIAS, LAYERED_WINDOW),
        *(LFM, SILU_KERNELS),
    ),
    rows=(
        MustBe("use_sandwich_norm", (False,), "Megatron has no norms after attention and MLP, before the residual"),
        MustBe("use_attention_gate", (False,), "it is one for each head, and Megatron's one for each channel"),
    ),
)

LFM3 = Family(
    name="lfm3",
    config_class="transformers.models.lfm3.configuration_lfm3.Lfm3Config",
    target=GPT,
    table=TABLE,
    covers="LFM3 with attention in every layer, one rope, no gates and no norms after attention and MLP; published "
    "ones have all of these.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_LAYER_ROPES, WINDOWS),
)
