"""Granite with sinks and windows, as far as its residual multiplier is one."""

from __future__ import annotations

from codegen.families import granite
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.sinks import HYBRID, ROPE, SINKS
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(granite.TABLE, SINKS),
    drop=("rope", "layer_types"),
    rows=(ROPE,),
)

GRANITE_SWA = Family(
    name="granite_swa",
    config_class="transformers.models.granite_swa.configuration_granite_swa.GraniteSWAConfig",
    target=GPT,
    table=TABLE,
    covers="Granite with sinks and windows where the residual multiplier is one, as it is by default.",
    hybrid=as_hybrid(TABLE, *DENSE, *HYBRID),
)
