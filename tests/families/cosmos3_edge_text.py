"""The language model of Cosmos 3 Edge."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from tests.families.layer_norms import BIASES_ALONE
from tests.families.llama_like import BIASES
from tests.families.proof import Keywords, Proof, Refused, Rope
from tests.families.ropes import GPT_ROPE, LLAMA3, LONG, SHORT, STALE, rope
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
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MODEL, NORMS
from tests.numerics.weights import Layout, Row

# The class keeps these out when a config is built, not when an attribute is set.
_SET: Mapping[str, Keywords] = {
    "linear": {"factor": 2.5},
    "dynamic": {"factor": 2.0},
    "llama3": LLAMA3,
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
    "longrope": LONG,
    "proportional": {"partial_rotary_factor": 0.5},
    "axial": {},
    "spiral": {},
}
_SCALED = ("linear", "dynamic", "llama3", "yarn")
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
        *(
            (
                dataclasses.replace(row, equal="nothing of the class looks at it")
                if row.name == "layer_types_none"
                else row
            )
            for row in LAYER_TYPES_REFUSED
        ),
        Refused(
            "sections_too_short",
            "rope_parameters.mrope_section",
            {},
            rope("default", mrope_section=[6, 3, 2]),
            equal="a text has the same position in each",
        ),
        Refused("rope_theta_outside", "rope_theta", {}, {"rope_theta": 500.0}, equal=STALE),
        Refused(
            "partial_rotary_factor_outside", "partial_rotary_factor", {}, {"partial_rotary_factor": 0.5}, equal=STALE
        ),
        Refused(
            "original_length_outside",
            "original_max_position_embeddings",
            {},
            {"original_max_position_embeddings": 64},
            equal=STALE,
        ),
        *(
            Refused(
                f"rope_{name}",
                "rope_parameters.rope_type",
                {},
                rope(name, mrope_section=[6, 3, 3], **keys),
                start=SHORT,
            )
            for name, keys in _SET.items()
        ),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            *NORMS,
            *SELF_ATTENTION,
            Row("mlp.linear_fc1.{kind}", ("mlp.fc1.{kind}",)),
            Row("mlp.linear_fc2.{kind}", ("mlp.fc2.{kind}",)),
        ),
    ),
    rope=Rope(
        {"default": ("rope_theta",)},
        tuple(
            (value, keys | {".rope_type"} if isinstance(value, dict) and value.get("rope_type") in _SCALED else keys)
            for value, keys in GPT_ROPE.bad
        ),
        sections=(6, 3, 3),
        needs={"default": {"mrope_section": [6, 3, 3]}},
    ),
    hybrid=frozenset(),
    values={"layer_norm_eps": (1e-6, 0.5)},
    equal=LAYERS,
)
