"""FlexOlmo: OLMo 2 with OLMoE's experts."""

from __future__ import annotations

from tests.families.llama_like import LLAMA3_ROPES, SMALL
from tests.families.olmo_experts import CASES, EXPERTS, REFUSED
from tests.families.proof import ABSENT, Proof
from tests.families.ropes import GPT_ROPE
from tests.families.routers import AUXILIARY_LOSS, ZERO
from tests.families.shared import DECODER, NO_DROPOUT, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, **EXPERTS, "pad_token_id": None},
    cases={**CASES, "head_dim_undeclared": {"head_dim": ABSENT}},
    refused=(*REFUSED, NO_HEAD_DIM, NO_DROPOUT),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, **EXPERTS, "head_dim": 16, "pad_token_id": None},
    invisible=AUXILIARY_LOSS,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=ZERO,
)
