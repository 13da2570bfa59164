"""The language model of PaddleOCR-VL."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import NOT_HYBRID, ROPES, rope
from tests.families.sections import HEAD_DIM, LAYERS, OTHER, ROPE, SECTIONS, SECTIONS_REFUSED
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**DECODER, "head_dim": HEAD_DIM, "tie_word_embeddings": False},
    cases={
        "default": {},
        "biases": {"use_bias": True},
        "head_dim_derived": {"head_dim": None, **rope("default", mrope_section=[3, 2, 3])},
        "other_sizes": OTHER,
        "groups_derived": {"num_key_value_heads": None},
        "spelt_out": {"is_causal": True},
        "combined": {
            "use_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **SECTIONS,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *SECTIONS_REFUSED,
        Refused("layer_types_none", "layer_types", {"layer_types": None}),
        Refused(
            "layer_types_sliding",
            "layer_types",
            {"layer_types": ["full_attention", "sliding_attention", "full_attention"]},
        ),
        NO_GROUPS,
        NO_HEAD_DIM,
        Refused(
            "window",
            "sliding_window",
            {"sliding_window": 5},
            equal="the class masks no token by it: what a kernel makes of it is another matter",
        ),
    ),
    layout=LLAMA,
    rope=ROPE,
    hybrid=NOT_HYBRID,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "use_bias"}),
    none=frozenset({"dtype", "use_bias"}),
    equal={"use_bias": "None is False", "sliding_window": "None is what is left out", **LAYERS},
    zero=frozenset({"initializer_range"}),
)
