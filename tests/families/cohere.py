"""Command R: attention and MLP at once after one LayerNorm without a bias, scaled logits, and norms by head in R+."""

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
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MLP, MODEL
from tests.numerics.weights import Layout

PROOF = Proof(
    base={**decoder("layer_norm_eps"), "head_dim": 24, "logit_scale": 0.3},
    cases={
        "default": {},
        "untied": {"tie_word_embeddings": False},
        "logit_scale": {"logit_scale": 1.5},
        "norms_by_head": {"use_qk_norm": True},
        "norms_by_head_of_one_group": {"use_qk_norm": True, "num_key_value_heads": 1},
        "groups_derived": {"num_key_value_heads": None},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "layer_norm_eps": {"layer_norm_eps": 5e-06},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "combined": {
            "tie_word_embeddings": False,
            "use_qk_norm": True,
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
        NO_GROUPS,
        NO_HEAD_DIM,
        ATTENTION_BIAS,
        *required("layer_norm_eps", "logit_scale", "attention_dropout"),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        # All but norms of queries and keys whose weights heads share.
        (*(row for row in SELF_ATTENTION if "_layernorm." not in row.target), *MLP),
    ),
    rope=INTERLEAVED_ROPE,
    equal={"use_qk_norm": "None is False"},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", "use_qk_norm"}),
    none=frozenset({"dtype", "use_qk_norm"}),
)
