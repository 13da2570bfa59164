"""GPT-Neo: scores that are not scaled, and windows in some layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from transformers.activations import ACT2FN

from tests.families.proof import Proof, Refused
from tests.families.shared import GENERAL
from tests.numerics.layouts import GPT2
from tests.numerics.transforms import grouped_qkv
from tests.numerics.weights import Layout, Row

_CAUSAL_ANYHOW: Final = "attention has a causal mask of its own beside the one that is left out"
PROOF = Proof(
    base={
        "vocab_size": 131,
        "hidden_size": 64,
        "num_layers": 3,
        "num_heads": 4,
        "max_position_embeddings": 128,
        "attention_types": [[["global", "local"], 1], [["global"], 1]],
        "window_size": 7,
        "layer_norm_epsilon": 0.02,
        "resid_dropout": 0.0,
        "embed_dropout": 0.0,
        "attention_dropout": 0.0,
    },
    cases={
        "default": {},
        "inner": {"intermediate_size": 96},
        "not_tied": {"tie_word_embeddings": False},
        "fewer_positions": {"max_position_embeddings": 77},
        "padding_token": {"pad_token_id": 5},
        "other_window": {"window_size": 5},
        "window_of_one": {"window_size": 1},
        "window_everywhere": {"attention_types": [[["local"], 3]]},
        "window_nowhere": {"attention_types": [[["global"], 3]]},
        "windows_in_turns": {"attention_types": [[["local", "global", "local"], 1]]},
        "layers_too": {"attention_layers": ["global", "local", "global"]},
        "pairs": {"num_layers": 4, "attention_types": [[["global", "local"], 2]]},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 48,
            "intermediate_size": 72,
            "num_layers": 2,
            "attention_types": [[["global", "local"], 1]],
            "num_heads": 6,
            "max_position_embeddings": 64,
            "layer_norm_epsilon": 1e-5,
        },
        "spelt_out": {"is_causal": True},
        "with_dropout": {"resid_dropout": 0.1, "embed_dropout": 0.1, "attention_dropout": 0.1},
        "combined": {
            "intermediate_size": 96,
            "tie_word_embeddings": False,
            "max_position_embeddings": 77,
            "attention_types": [[["local"], 2], [["global"], 1]],
            "window_size": 5,
            "activation_function": "gelu",
        },
        **{name: {"activation_function": name} for name in ("gelu", "gelu_pytorch_tanh", "relu2", "relu")},
    },
    refused=(
        *(replace(row, equal=_CAUSAL_ANYHOW) if row.field == "is_causal" else row for row in GENERAL),
        Refused(
            "activation",
            "activation_function",
            {"activation_function": "tanh"},
            nearest=({}, {"activation_function": "gelu"}),
        ),
        Refused("odd_heads", "num_heads", {"num_heads": 5}),
        Refused("window_of_none", "window_size", {"window_size": 0}),
        Refused("embedding_dropout_alone", "embed_dropout", {"embed_dropout": 0.3}, tries=({"hidden_dropout": 0.3},)),
        Refused("layers_otherwise", "attention_types", {"attention_layers": ["local", "global", "global"]}),
        Refused(
            "types_otherwise",
            "attention_types",
            {},
            {"attention_types": [[["local"], 3]]},
            equal="the model reads attention_layers, and the file that is written of it would make other layers",
        ),
        # The class refuses to be built so.
        Refused("fewer_types", "attention_layers", {}, {"attention_layers": ["global", "local"]}),
        Refused("unknown_type", "attention_layers", {"attention_types": [[["global"], 2], [["sparse"], 1]]}),
    ),
    layout=Layout(
        "transformer.h.{}.",
        GPT2.model,
        (
            Row("input_layernorm.{kind}", ("ln_1.{kind}",)),
            Row(
                "self_attention.linear_qkv.weight",
                tuple(f"attn.attention.{each}_proj.weight" for each in "qkv"),
                grouped_qkv,
            ),
            Row("self_attention.linear_proj.{kind}", ("attn.attention.out_proj.{kind}",)),
            Row("pre_mlp_layernorm.{kind}", ("ln_2.{kind}",)),
            Row("mlp.linear_fc1.{kind}", ("mlp.c_fc.{kind}",)),
            Row("mlp.linear_fc2.{kind}", ("mlp.c_proj.{kind}",)),
        ),
    ),
    rope=None,
    hybrid=frozenset(),
    shallow={"num_layers": 1, "attention_types": [[["local"], 1]]},
    values={
        "activation_function": tuple(ACT2FN),
        "attention_types": ([[["local", "global"], 1], [["local"], 1]], [[["sparse"], 3]], [[["local"], 2]]),
        "attention_layers": (["local", "global", "local"], ["sparse"] * 3, ["local"] * 2),
    },
    equal={
        "activation_function": "some functions have several names",
        "intermediate_size": "None is four times hidden_size",
    },
    spellings=frozenset({"dtype", "activation_function", "intermediate_size", "attention_types"}),
    partly=({"attention_types": [[["global"], 3]]},),
    zero=frozenset({"initializer_range", "resid_dropout", "embed_dropout", "attention_dropout"}),
    none=frozenset({"dtype", "intermediate_size"}),
)
