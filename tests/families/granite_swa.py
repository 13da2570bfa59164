"""Granite with sinks and windows."""

from __future__ import annotations

from tests.families import granite
from tests.families.llama_like import LLAMA3_ROPES, layer_types
from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE
from tests.families.sinks import COMBINED, SINKS, SINKS_REFUSED, SPELLINGS, THETAS, WINDOW
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**granite.PROOF.base, **WINDOW},
    cases={
        **granite.PROOF.cases,
        **SINKS,
        "combined": {**granite.PROOF.cases["combined"], **COMBINED, "tie_word_embeddings": False},
        "untied": {"tie_word_embeddings": False},
    },
    refused=(*granite.PROOF.refused, *SINKS_REFUSED),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    swept={"num_hidden_layers": 2},
    small={**granite.PROOF.config(), **WINDOW},
    values=THETAS,
    spellings=SPELLINGS,
    partly=(layer_types(0, 0, 0, 0),),
)
