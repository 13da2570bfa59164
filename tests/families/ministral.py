"""Ministral 8B: a window in some layers."""

from __future__ import annotations

from tests.families.llama_like import COMMON, LAYER_TYPES_REFUSED, LLAMA3_ROPES, SMALL, layer_types
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, required
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, "sliding_window": 5},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "no_layer_slides": layer_types(0, 0, 0),
        "some_layers_slide": layer_types(1, 0, 1),
        "window_of_one": {"sliding_window": 1, **layer_types(0, 1, 0)},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **layer_types(0, 1, 1),
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        *required("head_dim", "sliding_window"),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    partly=(layer_types(0, 0, 0, 0),),
    small={**SMALL, "head_dim": 16},
)
