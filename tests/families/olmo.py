"""OLMo: LayerNorm without parameters."""

from __future__ import annotations

from tests.families.llama_like import ATTENTION_BIAS
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, yarn
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    GENERAL,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={name: value for name, value in DECODER.items() if name != "rms_norm_eps"},
    cases={
        "default": {},
        "tied": {"tie_word_embeddings": True},
        "groups_derived": {"num_key_value_heads": None},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        **ATTENTION,
        **ROPES,
        "head_dim_undeclared": {"head_dim": ABSENT},
        **ACTIVATIONS,
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            **yarn(mscale=0.7, mscale_all_dim=0.9),
            "hidden_act": "gelu",
        },
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        *ROPE_REFUSED,
        NO_HEAD_DIM,
        ATTENTION_BIAS,
        ACTIVATION,
        NO_GROUPS,
        Refused("clip_qkv", "clip_qkv", {"clip_qkv": 0.1}),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    none=frozenset({"dtype", "clip_qkv"}),
)
