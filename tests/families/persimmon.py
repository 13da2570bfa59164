"""Persimmon."""

from __future__ import annotations

from tests.families.layer_norms import (
    HEAD_DIM_EQUAL,
    MLP_DROPOUT,
    ODD_HEADS,
    ODD_ROPE,
    ROPE_WIDTH,
    SMALL,
    decoder,
    fused,
)
from tests.families.partial_ropes import (
    CUT_OFF,
    NOTHING_SAID,
    PARTIAL_ROPE,
    PARTIAL_ROPE_REFUSED,
    PARTIAL_ROPES,
    saying_a_part,
)
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.shared import ACTIVATION, ACTIVATIONS, GENERAL
from tests.numerics.transforms import padded_vocabulary
from tests.numerics.weights import Layout, Row

LAYOUT = Layout(
    "model.layers.{}.",
    (
        Row("embedding.word_embeddings.weight", ("model.embed_tokens.weight",), padded_vocabulary),
        Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
        Row("decoder.final_layernorm.{kind}", ("model.final_layernorm.{kind}",)),
        Row("decoder.final_norm.{kind}", ("model.final_layernorm.{kind}",)),
    ),
    fused("self_attn"),
)

PROOF = Proof(
    base=decoder("layer_norm_eps", "head_dim", "num_key_value_heads"),
    cases={
        "default": {},
        "tied": {"tie_word_embeddings": True},
        "no_norms": {"qk_layernorm": False},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "intermediate_size": 72,
            "num_attention_heads": 3,
            "max_position_embeddings": 256,
            "num_hidden_layers": 2,
            "layer_norm_eps": 1e-5,
        },
        "spelt_out": {"is_causal": True},
        "partial_rotary_factor": {"partial_rotary_factor": 0.25},
        "combined": {
            "qk_layernorm": False,
            "tie_word_embeddings": True,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
        **{name: keywords for name, keywords in PARTIAL_ROPES.items() if name != ODD_ROPE},
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        *saying_a_part(PARTIAL_ROPE_REFUSED),
        NOTHING_SAID,
        CUT_OFF,
        ODD_HEADS,
        *ROPE_WIDTH,
        MLP_DROPOUT,
    ),
    layout=LAYOUT,
    rope=PARTIAL_ROPE,
    hybrid=frozenset(name for name in PARTIAL_ROPES if "llama3" in name),
    small=SMALL,
    equal=HEAD_DIM_EQUAL,
    zero=frozenset({"initializer_range", "attention_dropout", "hidden_dropout"}),
)
