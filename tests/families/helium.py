"""Helium: rope of pairs of neighbours, and biases of query, key and value alone."""

from __future__ import annotations

from tests.families.llama_like import COMMON, INTERLEAVED_REFUSED, INTERLEAVED_ROPE, INTERLEAVED_ROPES, SMALL
from tests.families.proof import Proof, Refused
from tests.families.ropes import rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, "hidden_size": 96, "head_dim": 24},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "biases": {"attention_bias": True},
        "combined": {
            "attention_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **INTERLEAVED_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *INTERLEAVED_REFUSED,
        Refused("narrow_heads", "head_dim", {"head_dim": 8}),
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        Refused(
            "biases_everywhere",
            "mlp_bias",
            {"attention_bias": True, "mlp_bias": True},
            tries=({"add_bias_linear": True},),
        ),
    ),
    layout=LLAMA,
    rope=INTERLEAVED_ROPE,
    small={**SMALL, "hidden_size": 96, "head_dim": 24},
)
