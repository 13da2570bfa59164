"""ERNIE 4.5's dense model: rope of pairs of neighbours."""

from __future__ import annotations

from tests.families.llama_like import COMMON, INTERLEAVED_REFUSED, INTERLEAVED_ROPE, INTERLEAVED_ROPES, SMALL
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        **COMMON,
        "biases": {"use_bias": True},
        "untied": {"tie_word_embeddings": False},
        "head_dim_derived": {"head_dim": None},
        "combined": {
            "use_bias": True,
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **INTERLEAVED_ROPES,
        **ACTIVATIONS,
    },
    refused=(*INTERLEAVED_REFUSED, NO_GROUPS, NO_HEAD_DIM),
    layout=LLAMA,
    rope=INTERLEAVED_ROPE,
    small={**SMALL, "head_dim": 16},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "use_bias"}),
    none=frozenset({"dtype", "use_bias"}),
    equal={"use_bias": "None is False"},
)
