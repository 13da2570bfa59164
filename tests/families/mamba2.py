"""Mamba-2."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.shared import GENERAL
from tests.numerics.layouts import NEMOTRON_H
from tests.numerics.transforms import padded_vocabulary
from tests.numerics.weights import Layout, Row

LAYOUT = Layout(
    "backbone.layers.{}.",
    (
        Row("embedding.word_embeddings.weight", ("backbone.embeddings.weight",), padded_vocabulary),
        Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
        Row("decoder.final_norm.weight", ("backbone.norm_f.weight",)),
    ),
    NEMOTRON_H.layer,
)

PROOF = Proof(
    base={
        "vocab_size": 131,
        "hidden_size": 48,
        "num_hidden_layers": 3,
        "num_heads": 6,
        "head_dim": 16,
        "state_size": 16,
        "n_groups": 2,
        "chunk_size": 16,
    },
    cases={
        "default": {},
        "one_group": {"n_groups": 1},
        "group_per_head": {"n_groups": 3, "num_heads": 3, "head_dim": 32},
        "wider": {"expand": 3, "num_heads": 9, "n_groups": 3},
        "chunks": {"chunk_size": 8},
        "tied": {"tie_word_embeddings": True},
        "residual_in_its_dtype": {"residual_in_fp32": False},
        "swish": {"hidden_act": "swish"},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 40,
            "num_hidden_layers": 2,
            "num_heads": 4,
            "head_dim": 20,
            "state_size": 8,
        },
        "combined": {
            "tie_word_embeddings": True,
            "n_groups": 3,
            "chunk_size": 8,
            "residual_in_fp32": False,
            "expand": 4,
            "num_heads": 12,
        },
    },
    refused=(
        *(row for row in GENERAL if row.field != "is_causal"),
        Refused("activation", "hidden_act", {"hidden_act": "gelu"}),
        Refused("three_taps", "conv_kernel", {"conv_kernel": 3}),
        Refused("no_conv_bias", "use_conv_bias", {"use_conv_bias": False}),
        Refused("projection_bias", "use_bias", {"use_bias": True}, tries=({"add_bias_linear": True},)),
        Refused("epsilon", "layer_norm_epsilon", {"layer_norm_epsilon": 0.02}, tries=({"layernorm_epsilon": 0.02},)),
        Refused("odd_groups", "n_groups", {"n_groups": 4}),
        Refused("narrower", "expand", {}, {"expand": 1}),
        Refused("bounded_steps", "time_step_limit", {"time_step_limit": (0.3, 0.5)}),
        Refused("no_rank", "time_step_rank", {}, {"time_step_rank": "auto"}),
        Refused("no_chunks", "chunk_size", {"chunk_size": 0}),
    ),
    layout=LAYOUT,
    rope=None,
    invisible={"residual_in_fp32": "every comparison is in float32"},
    values={
        "time_step_limit": ((0.0, 0.5), [0.3, 0.5], (0.0, 0.0)),
        "time_step_rank": ("auto", 3, 1, 0),
    },
    equal={
        "hidden_act": "some functions have several names",
        "time_step_rank": "time steps are projected through no lower rank, whatever it is",
        "chunk_size": "sums are taken in pieces of any size",
    },
    views={"layer_types": "a read-only view of another field"},
    spellings=frozenset({"dtype", "hidden_act"}),
    zero=frozenset({"initializer_range", "time_step_rank"}),
)
