"""The language model of Cosmos 3 Edge."""

from __future__ import annotations

import dataclasses

from tests.families.layer_norms import BIASES_ALONE, NEMOTRON
from tests.families.llama_like import BIASES
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, rope
from tests.families.sections import LAYER_TYPES_REFUSED, LAYERS
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    GENERAL,
    NO_GROUPS,
    OTHER_SIZES,
    THREE_GROUPS,
)

_PLAIN = rope("default", mrope_section=[6, 3, 3])

PROOF = Proof(
    base={**DECODER, **_PLAIN},
    cases={
        "default": {},
        **BIASES,
        "rope_theta": rope("default", rope_theta=5000.0, mrope_section=[6, 3, 3]),
        "sections": rope("default", mrope_section=[5, 4, 3]),
        "groups_derived": {"num_key_value_heads": None},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            **rope("default", mrope_section=[2, 1, 1]),
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("default", rope_theta=5000.0, mrope_section=[5, 4, 3]),
        },
        **ATTENTION,
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        NO_GROUPS,
        *BIASES_ALONE,
        *LAYER_TYPES_REFUSED,
        Refused(
            "sections_too_short",
            "rope_parameters.mrope_section",
            {},
            rope("default", mrope_section=[6, 3, 2]),
            equal="a text has the same position in each",
        ),
        Refused(
            "linear_rope",
            "rope_parameters",
            {},
            rope("linear", factor=2.5, mrope_section=[6, 3, 3]),
            equal="Megatron has it, and transformers builds no such config",
        ),
    ),
    layout=NEMOTRON,
    rope=dataclasses.replace(GPT_ROPE, types={"default": ("rope_theta",)}, sections=(6, 3, 3)),
    hybrid=frozenset(),
    equal=LAYERS,
)
