"""MiniCPM: scales by the depth and the width of a model."""

from __future__ import annotations

from tests.families.described import GENERAL_DESCRIBED, ROPE_DESCRIBED
from tests.families.multipliers import DEPTH_SCALES, DEPTH_SCALES_REFUSED, UNSCALED_BY_DEPTH
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    NO_GROUPS,
    OTHER_SIZES,
    PER_LAYER,
    REMOTE,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name != "head_dim"},
        # Heads wide enough that Llama 3's rope scales some channels and not others.
        "hidden_size": 96,
        "tie_word_embeddings": False,
        **UNSCALED_BY_DEPTH,
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        **DEPTH_SCALES,
        "groups_derived": {"num_key_value_heads": None},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **{name: value for name, value in OTHER_SIZES.items() if name != "head_dim"},
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
        },
        "combined": {
            "scale_emb": 12,
            "scale_depth": 1.4,
            "dim_model_base": 24,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL_DESCRIBED,
        *ROPE_DESCRIBED,
        *DEPTH_SCALES_REFUSED,
        ACTIVATION,
        THREE_GROUPS,
        PER_LAYER,
        NO_GROUPS,
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("experts", "num_experts", {"num_experts": 8}, equal=REMOTE),
        Refused("sparse_attention", "sparse_config", {"sparse_config": {"topk": 64}}, equal=REMOTE),
        Refused(
            "heads_that_do_not_fill",
            "num_attention_heads",
            {"num_attention_heads": 5, "num_key_value_heads": 5},
            unseen="the model cannot be built",
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    shallow={"num_hidden_layers": 1, "scale_depth": 1.0},
)
