"""Apertus, as far as its activation is not xIELU."""

from __future__ import annotations

from codegen.families.attention import NO_ATTENTION_BIAS, QK_NORM, UNDECLARED_HEAD_DIM
from codegen.families.decoder import GROUPED_QUERY, ONE_KIND_OF_LAYER, RMS_NORM, ROPE, SIZES
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.layer_norm import BIASED_KERNELS, plain_mlp
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(SIZES, RMS_NORM, GROUPED_QUERY, ROPE),
        *(UNDECLARED_HEAD_DIM, QK_NORM, NO_ATTENTION_BIAS, BIASED_KERNELS),
    ),
    # xIELU, the default, is none of these: Megatron's activation functions have no weights.
    rows=(*plain_mlp("hidden_act"), ONE_KIND_OF_LAYER),
)

APERTUS = Family(
    name="apertus",
    config_class="transformers.models.apertus.configuration_apertus.ApertusConfig",
    target=GPT,
    table=TABLE,
    covers="Apertus with a fixed activation; the published ones have xIELU, whose shape is learned.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
