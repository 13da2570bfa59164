"""Mistral."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, yarn
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    DECODER_REFUSED,
    NO_HEAD_DIM,
    OTHER_SIZES,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, "sliding_window": None},
    cases={
        "default": {},
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "head_dim_derived": {"head_dim": None},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(*DECODER_REFUSED, NO_HEAD_DIM, Refused("window_of_none", "sliding_window", {"sliding_window": 0})),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    none=frozenset({"dtype", "sliding_window"}),
)
