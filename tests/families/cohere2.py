"""Command R7B and Command A: attention and MLP at once, and positions in layers with a window alone."""

from __future__ import annotations

from tests.families.layer_norms import decoder
from tests.families.llama_like import ATTENTION_BIAS, INTERLEAVED_REFUSED, INTERLEAVED_ROPE, INTERLEAVED_ROPES
from tests.families.proof import ABSENT, Proof
from tests.families.ropes import rope
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    required,
)
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

NOWHERE = {"layer_types": ["full_attention"] * 3}

PROOF = Proof(
    base={
        **decoder("layer_norm_eps"),
        "head_dim": 24,
        "logit_scale": 0.3,
        "sliding_window": 5,
        "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
    },
    cases={
        "default": {},
        "untied": {"tie_word_embeddings": False},
        "logit_scale": {"logit_scale": 1.5},
        "window_above": {"layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "window_nowhere": NOWHERE,
        "window_of_one": {"sliding_window": 1},
        "every_fourth": {"layer_types": ABSENT, "num_hidden_layers": 4},
        "groups_derived": {"num_key_value_heads": None},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "layer_norm_eps": {"layer_norm_eps": 5e-06},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "layer_types": ABSENT},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "combined": {
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **INTERLEAVED_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *INTERLEAVED_REFUSED,
        *LAYER_TYPES_REFUSED,
        NO_GROUPS,
        NO_HEAD_DIM,
        ATTENTION_BIAS,
        *required("sliding_window"),
    ),
    layout=LLAMA,
    rope=INTERLEAVED_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["sliding_attention"], "sliding_window": 128},
    # Without a window.
    partly=(NOWHERE,),
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
)
