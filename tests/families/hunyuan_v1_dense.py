"""Hunyuan's dense models: norms of queries and keys after rope."""

from __future__ import annotations

from tests.families.hunyuan import ALPHA_REFUSED, ALPHA_ROPE, ALPHA_ROPES
from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    DECODER_REFUSED,
    NO_GROUPS,
    NO_HEAD_DIM,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        **COMMON,
        **ATTENTION_BIASES,
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("dynamic", alpha=50.0, factor=1.0),
        },
        **ATTENTION,
        **ALPHA_ROPES,
        **ACTIVATIONS,
    },
    refused=(*DECODER_REFUSED, *ALPHA_REFUSED, NO_GROUPS, NO_HEAD_DIM),
    layout=LLAMA,
    rope=ALPHA_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16},
)
