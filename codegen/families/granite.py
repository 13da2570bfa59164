"""Granite's dense models, as far as their residual multiplier is one."""

from __future__ import annotations

from codegen.families.attention import UNDECLARED_HEAD_DIM
from codegen.families.biases import BIASES, GATED_KERNELS
from codegen.families.decoder import DECODER, GROUPED_QUERY, ONE_KIND_OF_LAYER, ROPE
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.multipliers import MULTIPLIERS
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, BIASES, MULTIPLIERS, GATED_KERNELS),
    rows=(ONE_KIND_OF_LAYER,),
)

GRANITE = Family(
    name="granite",
    config_class="transformers.models.granite.configuration_granite.GraniteConfig",
    target=GPT,
    table=TABLE,
    covers="Granite's dense models whose residual multiplier is one; that of the published ones is not.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
