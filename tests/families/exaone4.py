"""EXAONE 4: norms after attention and MLP and none before, and layers without positions where there is no window."""

from __future__ import annotations

from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_HEAD_DIM, OTHER_SIZES
from tests.families.windows import LAYER_TYPES_REFUSED
from tests.numerics.layouts import LLAMA

NOWHERE = {"layer_types": ["full_attention"] * 3}

PROOF = Proof(
    base={**DECODER, "sliding_window": 5, "sliding_window_pattern": 2},
    cases={
        "default": {},
        "window_below": {"layer_types": ["sliding_attention", "full_attention", "full_attention"]},
        "window_everywhere": {"layer_types": ["sliding_attention"] * 3},
        "window_nowhere": NOWHERE,
        "no_window": {"sliding_window": None, **NOWHERE},
        "window_of_one": {"sliding_window": 1},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "combined": {
            "layer_types": ["full_attention", "sliding_attention", "sliding_attention"],
            "tie_word_embeddings": True,
            "hidden_act": "gelu",
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *LAYER_TYPES_REFUSED,
        NO_HEAD_DIM,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        Refused("window_unsaid", "sliding_window", {}, {"sliding_window": None}),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    # Of a window only the reach shows; where no layer has one, but for layers without positions nothing.
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", "sliding_window"}),
    shallow={"num_hidden_layers": 1, "sliding_window": None, "layer_types": ["full_attention"]},
    partly=(NOWHERE,),
)
