"""The language model of Cosmos 3 Edge."""

from __future__ import annotations

import dataclasses

from tests.families.layer_norms import BIASES_ALONE
from tests.families.proof import Keywords, Proof, Rope
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, rope
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    GENERAL,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    THREE_GROUPS,
)
from tests.numerics.layouts import STARCODER2
from tests.numerics.weights import Row


def sections(*lengths: int) -> Keywords:
    return rope("default", mrope_section=[*lengths])


PROOF = Proof(
    base={**DECODER, **sections(4, 4, 4)},
    cases={
        "default": {},
        "rope_theta": rope("default", rope_theta=900.0, mrope_section=[4, 4, 4]),
        "biases": {"attention_bias": True, "mlp_bias": True},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5, **sections(2, 1, 1)},
        "spelt_out": {"is_causal": True},
        "combined": {
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("default", rope_theta=900.0, mrope_section=[6, 3, 3]),
        },
        **ATTENTION,
        **ACTIVATIONS,
    },
    refused=(*GENERAL, ACTIVATION, THREE_GROUPS, NO_GROUPS, NO_HEAD_DIM, *BIASES_ALONE),
    layout=dataclasses.replace(
        STARCODER2,
        layer=(
            *STARCODER2.layer,
            Row("mlp.linear_fc1.{kind}", ("mlp.fc1.{kind}",)),
            Row("mlp.linear_fc2.{kind}", ("mlp.fc2.{kind}",)),
        ),
    ),
    rope=Rope({"default": ("rope_theta",)}, GPT_ROPE.bad),
    hybrid=NOT_HYBRID,
)
