"""Nemotron-3 and Nemotron-4."""

from __future__ import annotations

from tests.families.layer_norms import BIASES_ALONE, NEMOTRON, SMALL_GROUPED, decoder
from tests.families.partial_ropes import NOTHING_SAID, PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES, saying_a_part
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    GENERAL,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    THREE_GROUPS,
)

PROOF = Proof(
    base=decoder("norm_eps"),
    cases={
        "default": {},
        "head_dim_derived": {"head_dim": None},
        "biases": {"attention_bias": True, "mlp_bias": True},
        "attention_biases": {"attention_bias": True},
        "mlp_biases": {"mlp_bias": True},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "partial_rotary_factor": {"partial_rotary_factor": 0.25},
        "combined": {
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
        **ATTENTION,
        **PARTIAL_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        *saying_a_part(PARTIAL_ROPE_REFUSED),
        NOTHING_SAID,
        *BIASES_ALONE,
        NO_GROUPS,
        NO_HEAD_DIM,
    ),
    layout=NEMOTRON,
    rope=PARTIAL_ROPE,
    hybrid=frozenset(name for name in PARTIAL_ROPES if "llama3" in name),
    small=SMALL_GROUPED,
)
