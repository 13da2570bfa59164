"""InternLM3."""

from __future__ import annotations

import dataclasses

from tests.families.llama_like import BIASES_REFUSED, COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA


def _set_later(refused: Refused) -> Refused:
    """The class keeps it out when a config is built, not when an attribute is set."""
    return dataclasses.replace(refused, change={}, attributes=refused.change)


PROOF = Proof(
    base=DECODER,
    cases={
        **COMMON,
        "biases": {"attention_bias": True, "mlp_bias": True},
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
    refused=(*DECODER_REFUSED, *map(_set_later, BIASES_REFUSED), NO_GROUPS, NO_HEAD_DIM),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small=SMALL,
)
