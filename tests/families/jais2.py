"""Jais 2."""

from __future__ import annotations

from tests.families.layer_norms import BIASES_ALONE, NEMOTRON, SMALL_GROUPED, decoder
from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, yarn
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    DECODER_REFUSED,
    NO_DROPOUT,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
)

PROOF = Proof(
    base=decoder("layer_norm_eps"),
    cases={
        "default": {},
        "head_dim_derived": {"head_dim": None},
        "groups_derived": {"num_key_value_heads": None},
        "no_biases": {"attention_bias": False, "mlp_bias": False},
        "attention_biases": {"mlp_bias": False},
        "mlp_biases": {"attention_bias": False},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "layer_norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "combined": {
            "attention_bias": False,
            "mlp_bias": False,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(*DECODER_REFUSED, *BIASES_ALONE, NO_DROPOUT, NO_GROUPS, NO_HEAD_DIM),
    layout=NEMOTRON,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    small=SMALL_GROUPED,
)
