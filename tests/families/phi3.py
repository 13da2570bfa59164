"""Phi-3: rope of a part of each head."""

from __future__ import annotations

from typing import Any

from tests.families.llama_like import COMMON, SMALL
from tests.families.proof import ABSENT, Proof, Refused, Rope
from tests.families.ropes import GPT_ROPE, LLAMA3, SHORT, STALE, rope
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    DECODER,
    GENERAL,
    NO_GROUPS,
    NO_HEAD_DIM,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA

_DEFAULT = rope("default")
_LONG = {"short_factor": [1.1] * 8, "long_factor": [2.0] * 8, "factor": 4.0}
# The class keeps these out when a config is built, not when an attribute is set.
_SET = {
    "linear": {"factor": 2.5},
    "llama3": {**LLAMA3, "original_max_position_embeddings": 8192},
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
}


def _refused_by_the_class(value: Any) -> bool:
    return isinstance(value, dict) and value.get("rope_type") in ("linear", "dynamic", "llama3", "yarn")


PROOF = Proof(
    base={**DECODER, "pad_token_id": 0},
    cases={
        **COMMON,
        "head_dim_undeclared": {"head_dim": ABSENT},
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "remote_code": {
            "attention_bias": False,
            "mlp_bias": False,
            "lm_head_bias": False,
            "full_attn_mod": 1,
            "interpolate_factor": 1,
        },
        "rope_theta": _DEFAULT,
        "rope_partial": rope("default", partial_rotary_factor=0.5),
        "rope_partial_odd": rope("default", partial_rotary_factor=0.4),
        "rope_partial_outside": {"partial_rotary_factor": 0.75},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("default", partial_rotary_factor=0.5),
        },
        **ATTENTION,
        **ACTIVATIONS,
    },
    refused=(
        *(*GENERAL, ACTIVATION, THREE_GROUPS, NO_GROUPS, NO_HEAD_DIM),
        Refused("rope_theta_outside", "rope_theta", {}, {"rope_theta": 500.0}, start=_DEFAULT, equal=STALE),
        Refused(
            "partial_rotary_factor_outside",
            "partial_rotary_factor",
            {},
            {"partial_rotary_factor": 0.5},
            start=rope("default", partial_rotary_factor=0.75),
            equal=STALE,
        ),
        *(
            Refused(
                f"rope_{name}",
                "rope_parameters.rope_type",
                {},
                {"rope_parameters": {"rope_type": name, "rope_theta": 700.0, **keys}},
                start=_DEFAULT,
            )
            for name, keys in _SET.items()
        ),
        *(
            Refused(
                f"rope_{name}",
                "rope_parameters.rope_type",
                {},
                {"rope_parameters": {"rope_type": name, "rope_theta": 700.0, **keys}},
                start={**SHORT, **_DEFAULT},
            )
            for name, keys in {
                "dynamic": {"factor": 2.0},
                "proportional": {"partial_rotary_factor": 0.5},
                "axial": {},
                "spiral": {},
            }.items()
        ),
        Refused(
            "rope_longrope",
            "rope_parameters.rope_type",
            rope("longrope", **_LONG),
            start={**SHORT, "head_dim": ABSENT, "original_max_position_embeddings": 32},
        ),
        Refused("rope_theta_none", "rope_parameters.rope_theta", {}, {"rope_parameters": {"rope_type": "default"}}),
        Refused("rope_type_none", "rope_parameters.rope_type", {}, {"rope_parameters": {"rope_theta": 700.0}}),
        Refused("rope_empty", "rope_parameters", {}, {"rope_parameters": {}}),
        Refused("dropout", "resid_pdrop", {"resid_pdrop": 0.3}, tries=({"hidden_dropout": 0.3},)),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=LLAMA,
    rope=Rope(
        {"default": ("rope_theta", "partial_rotary_factor")},
        tuple((value, keys | {".rope_type"} if _refused_by_the_class(value) else keys) for value, keys in GPT_ROPE.bad),
    ),
    hybrid=frozenset(),
    small={**SMALL, "head_dim": 16, "pad_token_id": 0},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=frozenset({"initializer_range", "attention_dropout", "resid_pdrop"}),
    none=frozenset({"dtype", "sliding_window"}),
)
