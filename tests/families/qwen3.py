"""Qwen3's dense models."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    DECODER_REFUSED,
    NO_GROUPS,
    OTHER_SIZES,
)
from tests.families.windows import QWEN_WINDOWS, QWEN_WINDOWS_REFUSED, UNUSED_WINDOW, WINDOW_SPELLINGS
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "groups_derived": {"num_key_value_heads": None},
        "spelt_out": {"is_causal": True},
        "combined": {
            "use_sliding_window": True,
            "sliding_window": 5,
            "max_window_layers": 1,
            "tie_word_embeddings": True,
            **rope("linear", factor=2.5),
        },
        **QWEN_WINDOWS,
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *QWEN_WINDOWS_REFUSED,
        NO_GROUPS,
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", *WINDOW_SPELLINGS}),
    equal=UNUSED_WINDOW,
    partly=({"use_sliding_window": True, "sliding_window": 7, "max_window_layers": 3},),
    none=frozenset({"dtype", "sliding_window"}),
)
