"""Ministral 8B of 2024."""

from __future__ import annotations

from codegen.families.attention import NO_BIAS
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.families.windows import GIVEN_WINDOW
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, NO_BIAS, GIVEN_WINDOW, KERNELS),
    rows=(),
)

MINISTRAL = Family(
    name="ministral",
    config_class="transformers.models.ministral.configuration_ministral.MinistralConfig",
    target=GPT,
    table=TABLE,
    covers="Ministral 8B of 2024.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE, WINDOWS),
)
