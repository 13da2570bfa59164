"""Qwen2."""

from __future__ import annotations

from tests.families.proof import ABSENT, Proof
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM, OTHER_SIZES
from tests.families.windows import QWEN_WINDOWS, QWEN_WINDOWS_REFUSED, UNUSED_WINDOW, WINDOW_SPELLINGS
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        "default": {},
        "head_dim_undeclared": {"head_dim": ABSENT},
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
    refused=(*DECODER_REFUSED, *QWEN_WINDOWS_REFUSED, NO_HEAD_DIM, NO_GROUPS),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", *WINDOW_SPELLINGS}),
    equal=UNUSED_WINDOW,
    partly=({"use_sliding_window": True, "sliding_window": 7, "max_window_layers": 3},),
    invisible={"num_nextn_predict_layers": "transformers builds no such layers"},
    none=frozenset({"dtype", "sliding_window"}),
)
