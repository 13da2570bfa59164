"""GLM-4-9B: rope of neighbours, on a part of each head."""

from __future__ import annotations

from tests.families.partial_ropes import INTERLEAVED_ROPE, INTERLEAVED_ROPE_REFUSED, INTERLEAVED_ROPES
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    GENERAL,
    NO_DROPOUT,
    OTHER_SIZES,
    THREE_GROUPS,
    required,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, "pad_token_id": None},
    cases={
        "default": {},
        "no_biases": {"attention_bias": False},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "combined": {
            "attention_bias": False,
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
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        NO_DROPOUT,
        *required("num_key_value_heads", "head_dim"),
        *INTERLEAVED_ROPE_REFUSED,
    ),
    layout=LLAMA,
    rope=INTERLEAVED_ROPE,
)
