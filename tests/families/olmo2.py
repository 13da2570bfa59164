"""OLMo 2: norms after attention and MLP and none before, and norms of queries and keys over all heads."""

from __future__ import annotations

from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import ABSENT, Proof
from tests.families.ropes import GPT_ROPE, ROPES, yarn
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
        "head_dim_undeclared": {"head_dim": ABSENT},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(*DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
)
