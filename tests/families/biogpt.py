"""BioGPT's class, without the multiplier of its published embedding."""

from __future__ import annotations

from transformers.activations import ACT2FN

from tests.families.layer_norms import ODD_HEADS, fairseq
from tests.families.proof import Proof, Refused
from tests.families.shared import ACTIVATION, ACTIVATIONS, GENERAL

PROOF = Proof(
    base={
        "vocab_size": 131,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "max_position_embeddings": 128,
        "scale_embedding": False,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    },
    cases={
        "default": {},
        "not_tied": {"tie_word_embeddings": False},
        "fewer_positions": {"max_position_embeddings": 77},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "intermediate_size": 72,
            "num_hidden_layers": 2,
            "num_attention_heads": 6,
            "max_position_embeddings": 64,
        },
        "spelt_out": {"is_causal": True},
        "combined": {"tie_word_embeddings": False, "max_position_embeddings": 77, "hidden_act": "relu"},
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        ODD_HEADS,
        Refused("scaled_embedding", "scale_embedding", {"scale_embedding": True}),
        Refused("dropout_in_mlp", "activation_dropout", {"activation_dropout": 0.3}, tries=({"hidden_dropout": 0.3},)),
        Refused("layers_left_out", "layerdrop", {"layerdrop": 1.0}),
    ),
    layout=fairseq("biogpt", "output_projection", "layer_norm"),
    rope=None,
    hybrid=frozenset(),
    # gelu_python only rounds otherwise, which is all that the gradient of a key's bias is.
    values={"hidden_act": tuple(name for name in ACT2FN if name != "gelu_python")},
    spellings=frozenset({"dtype", "hidden_act"}),
    zero=frozenset(
        {"layerdrop", "activation_dropout", "initializer_range", "hidden_dropout_prob", "attention_probs_dropout_prob"}
    ),
)
