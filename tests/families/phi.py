"""Phi: attention and MLP at once after one norm, and an output layer with a bias."""

from __future__ import annotations

from tests.families.layer_norms import ODD_ROPE, decoder
from tests.families.partial_ropes import (
    CUT_OFF,
    NOTHING_SAID,
    PARTIAL_ROPE,
    PARTIAL_ROPE_REFUSED,
    PARTIAL_ROPES,
    saying_a_part,
)
from tests.families.proof import ABSENT, Proof, Refused
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
    required,
)
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.transforms import padded_vocabulary
from tests.numerics.weights import Layout, Row

PROOF = Proof(
    base={**decoder("layer_norm_eps"), "head_dim": 24, "hidden_size": 96, "resid_pdrop": 0.0},
    cases={
        "default": {},
        "tied": {"tie_word_embeddings": True},
        "norms": {"qk_layernorm": True},
        "wide_heads": {"head_dim": 32},
        "groups_derived": {"num_key_value_heads": None},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "partial_rotary_factor": {"partial_rotary_factor": 0.75},
        "layer_norm_eps": {"layer_norm_eps": 1e-5},
        "with_dropout": {"resid_pdrop": 0.1, "attention_dropout": 0.1},
        "combined": {
            "tie_word_embeddings": True,
            "qk_layernorm": True,
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
        *saying_a_part(PARTIAL_ROPE_REFUSED),
        NOTHING_SAID,
        CUT_OFF,
        ACTIVATION,
        THREE_GROUPS,
        NO_GROUPS,
        NO_HEAD_DIM,
        Refused("dropout_of_embedding", "embd_pdrop", {"embd_pdrop": 0.1}),
        Refused("much_dropout", "resid_pdrop", {"resid_pdrop": 0.3}, beyond_bound="dropout_places"),
        Refused("norms_of_another_width", "qk_layernorm", {"qk_layernorm": True}, start={"head_dim": 32}),
        *required("attention_dropout"),
    ),
    layout=Layout(
        "model.layers.{}.",
        (
            Row("embedding.word_embeddings.weight", ("model.embed_tokens.weight",), padded_vocabulary),
            Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
            Row("decoder.final_layernorm.{kind}", ("model.final_layernorm.{kind}",)),
        ),
        (
            *SELF_ATTENTION,
            Row("self_attention.linear_proj.{kind}", ("self_attn.dense.{kind}",)),
            Row("self_attention.q_layernorm.{kind}", ("self_attn.q_layernorm.{kind}",)),
            Row("self_attention.k_layernorm.{kind}", ("self_attn.k_layernorm.{kind}",)),
            Row("mlp.linear_fc1.{kind}", ("mlp.fc1.{kind}",)),
            Row("mlp.linear_fc2.{kind}", ("mlp.fc2.{kind}",)),
        ),
    ),
    rope=PARTIAL_ROPE,
    values={"resid_pdrop": (0.1, 0.05, 0.3, 1.0, -1.0)},
    zero=frozenset({"initializer_range", "attention_dropout", "resid_pdrop", "embd_pdrop"}),
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
)
