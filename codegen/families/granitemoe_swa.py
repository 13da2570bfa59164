"""Granite with experts, sinks and windows, as far as its residual multiplier is one."""

from __future__ import annotations

from codegen.families import granitemoeshared
from codegen.families.hybrid import EXPERTS, as_hybrid
from codegen.families.sinks import HYBRID, ROPE, SINKS
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(granitemoeshared.TABLE, SINKS),
    drop=("rope", "layer_types"),
    rows=(ROPE,),
)

GRANITEMOE_SWA = Family(
    name="granitemoe_swa",
    config_class="transformers.models.granitemoe_swa.configuration_granitemoe_swa.GraniteMoeSWAConfig",
    target=GPT,
    table=TABLE,
    covers="Granite with experts, sinks and windows where the residual multiplier is one, as it is by default.",
    hybrid=as_hybrid(TABLE, *EXPERTS, *HYBRID),
)
