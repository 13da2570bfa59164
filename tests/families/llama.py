"""Llama 2 to 3.3."""

from __future__ import annotations

from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, yarn
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    DECODER_REFUSED,
    NO_DROPOUT,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    PER_LAYER,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        "default": {},
        "head_dim_derived": {"head_dim": None},
        "groups_derived": {"num_key_value_heads": None},
        "biases": {"attention_bias": True, "mlp_bias": True},
        "attention_biases": {"attention_bias": True},
        "mlp_biases": {"mlp_bias": True},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "rope_yarn_factor_derived": yarn(factor=None),
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
    refused=(
        *DECODER_REFUSED,
        PER_LAYER,
        NO_DROPOUT,
        NO_GROUPS,
        *(
            Refused(
                f"{name}_alone",
                "attention_bias",
                {name: True},
                nearest=(NOTHING, {"attention_bias": True, "mlp_bias": True}),
                tries=({"add_qkv_bias": True},),
            )
            for name in ("attention_bias", "mlp_bias")
        ),
        NO_HEAD_DIM,
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    small={
        "vocab_size": 320,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
    },
)
