"""StableLM."""

from __future__ import annotations

from tests.families.layer_norms import (
    AT_ONCE,
    HEAD_DIM_EQUAL,
    MLP_DROPOUT,
    ODD_ROPE,
    PARALLEL,
    ROPE_WIDTH,
    SMALL_GROUPED,
    decoder,
    whole,
)
from tests.families.partial_ropes import (
    CUT_OFF,
    NOTHING_SAID,
    PARTIAL_ROPE,
    PARTIAL_ROPE_REFUSED,
    PARTIAL_ROPES,
    saying_a_part,
)
from tests.families.proof import Proof, Refused
from tests.families.ropes import rope
from tests.families.shared import ACTIVATION, ACTIVATIONS, ATTENTION, GENERAL, THREE_GROUPS
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=decoder("layer_norm_eps", "head_dim"),
    cases={
        "default": {},
        "biases": {"use_qkv_bias": True},
        "at_once": AT_ONCE,
        "at_once_with_biases": {**AT_ONCE, "use_qkv_bias": True, "tie_word_embeddings": True},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "intermediate_size": 72,
            "num_attention_heads": 3,
            "num_key_value_heads": 3,
            "max_position_embeddings": 256,
            "num_hidden_layers": 2,
            "layer_norm_eps": 1e-5,
        },
        "spelt_out": {"is_causal": True},
        "partial_rotary_factor": {"partial_rotary_factor": 0.75},
        "combined": {
            "use_qkv_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
        **ATTENTION,
        **{name: keywords for name, keywords in PARTIAL_ROPES.items() if name != ODD_ROPE},
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        *saying_a_part(whole(PARTIAL_ROPE_REFUSED)),
        NOTHING_SAID,
        CUT_OFF,
        Refused("odd_heads", "num_attention_heads", {"num_attention_heads": 5}, start={"num_key_value_heads": 1}),
        *ROPE_WIDTH,
        PARALLEL,
        MLP_DROPOUT,
        Refused("norm_per_head", "qk_layernorm", {"qk_layernorm": True}, tries=({"qk_layernorm": True},)),
    ),
    layout=LLAMA,
    rope=PARTIAL_ROPE,
    hybrid=frozenset({"at_once", "at_once_with_biases", *(name for name in PARTIAL_ROPES if "llama3" in name)}),
    small=SMALL_GROUPED,
    equal=HEAD_DIM_EQUAL,
    zero=frozenset({"initializer_range", "attention_dropout", "hidden_dropout"}),
)
