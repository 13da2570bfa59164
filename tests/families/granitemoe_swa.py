"""Granite with experts, sinks and windows."""

from __future__ import annotations

from tests.families.granitemoeshared import PROOF as SHARED
from tests.families.llama_like import LLAMA3_ROPES, layer_types
from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE
from tests.families.sinks import COMBINED, SINKS, SINKS_REFUSED, SPELLINGS, THETAS, WINDOW

PROOF = Proof(
    base={**SHARED.base, **WINDOW},
    cases={**SHARED.cases, **SINKS, "combined": {**SHARED.cases["combined"], **COMBINED}},
    refused=(*SHARED.refused, *SINKS_REFUSED),
    layout=SHARED.layout,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    swept={"num_hidden_layers": 2},
    small={**SHARED.config(), **WINDOW},
    invisible=SHARED.invisible,
    values=THETAS,
    spellings=SPELLINGS,
    partly=(layer_types(0, 0, 0, 0),),
    zero=SHARED.zero,
    none=SHARED.none,
)
