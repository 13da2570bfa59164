"""Code World Model: a window in some layers, and Llama 3's rope."""

from __future__ import annotations

from tests.families.llama_like import COMMON, LAYER_TYPES_REFUSED, LLAMA3_ROPES, SMALL, layer_types
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED
from tests.numerics.layouts import LLAMA

# The class has Llama 3's rope where none is said.
_ROPE = rope("default")

PROOF = Proof(
    base={**DECODER, "sliding_window": 5, **_ROPE},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "rope_of_the_class": {"rope_parameters": None},
        "no_layer_slides": layer_types(0, 0, 0),
        "all_layers_slide": layer_types(1, 1, 1),
        "window_of_one": {"sliding_window": 1, **layer_types(0, 1, 0)},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **layer_types(1, 0, 1),
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **ROPES,
        "rope_theta": {"rope_parameters": {"rope_type": "default", "rope_theta": 900.0}},
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        Refused("window_of_none", "sliding_window", {"sliding_window": -1}),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES | {"rope_of_the_class"},
    partly=(layer_types(0, 0, 0, 0),),
    swept={"num_hidden_layers": 2},
    small={**SMALL, "head_dim": 16, **_ROPE},
)
