"""OPT."""

from __future__ import annotations

from transformers.activations import ACT2FN

from tests.families.layer_norms import ODD_HEADS, fairseq
from tests.families.proof import Proof, Refused
from tests.families.shared import GENERAL

PROOF = Proof(
    base={
        "vocab_size": 131,
        "hidden_size": 64,
        "ffn_dim": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "max_position_embeddings": 128,
        "dropout": 0.0,
    },
    cases={
        "default": {},
        "with_dropout": {"dropout": 0.1},
        "no_biases": {"enable_bias": False},
        "not_tied": {"tie_word_embeddings": False, "dropout": 0.1},
        "fewer_positions": {"max_position_embeddings": 77, "dropout": 0.05},
        "padding_token": {"pad_token_id": 5, "dropout": 0.1},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "ffn_dim": 72,
            "num_hidden_layers": 2,
            "num_attention_heads": 6,
            "max_position_embeddings": 64,
            "dropout": 0.1,
        },
        "spelt_out": {"is_causal": True, "word_embed_proj_dim": 64},
        "combined": {
            "enable_bias": False,
            "tie_word_embeddings": False,
            "max_position_embeddings": 77,
            "activation_function": "gelu",
        },
        **{name: {"activation_function": name} for name in ("gelu", "gelu_new", "relu2")},
    },
    refused=(
        *GENERAL,
        Refused(
            "activation",
            "activation_function",
            {"activation_function": "tanh"},
            nearest=({}, {"activation_function": "gelu"}),
        ),
        ODD_HEADS,
        Refused("much_dropout", "dropout", {"dropout": 0.3}, beyond_bound="dropout_places"),
        Refused("norm_after", "do_layer_norm_before", {"do_layer_norm_before": False}),
        Refused("no_final_norm", "_remove_final_layer_norm", {"_remove_final_layer_norm": True}),
        Refused("no_width", "word_embed_proj_dim", {}, {"word_embed_proj_dim": None}),
        Refused("narrow_embedding", "word_embed_proj_dim", {"word_embed_proj_dim": 32}),
        Refused("norms_without_weights", "layer_norm_elementwise_affine", {"layer_norm_elementwise_affine": False}),
        Refused("negative_first_weights", "initializer_range", {}, {"initializer_range": -0.5}),
        Refused("layers_left_out", "layerdrop", {"layerdrop": 1.0}),
    ),
    layout=fairseq("model.decoder", "lm_head", "final_layer_norm"),
    rope=None,
    hybrid=frozenset(),
    invisible={
        "init_std": "every weight is copied",
    },
    values={
        "dropout": (0.1, 0.05, 0.3, 1.0, -1.0),
        "activation_function": tuple(ACT2FN),
        "initializer_range": (0.5, 0.0, None),
    },
    equal={"activation_function": "some functions have several names"},
    spellings=frozenset({"dtype", "activation_function"}),
    zero=frozenset({"layerdrop", "init_std", "attention_dropout", "dropout"}),
)
