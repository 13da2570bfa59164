"""EXAONE 3 and 3.5."""

from __future__ import annotations

from tests.families.llama_like import BIASES, BIASES_REFUSED, COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_DROPOUT, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, "eos_token_id": 2},
    cases={
        **COMMON,
        **BIASES,
        "head_dim_derived": {"head_dim": None},
        "combined": {
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(*DECODER_REFUSED, *BIASES_REFUSED, NO_DROPOUT, NO_GROUPS, NO_HEAD_DIM),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small=SMALL,
    equal={"activation_function": "some functions have several names"},
)
