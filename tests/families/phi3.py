"""Phi-3: rope of a part of each head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.families.llama_like import COMMON, SMALL
from tests.families.proof import ABSENT, Keywords, Proof, Refused, Rope
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


def _longrope(original: int, pairs: int = 8, **keys: Any) -> Keywords:
    """A text of 64 tokens is longer than half as many. The class takes factors for heads that fill the width."""
    short = [1.0 + 0.1 * pair for pair in range(pairs)]
    long = [1.5 + pair * pair for pair in range(pairs)]
    return {
        "head_dim": ABSENT,
        "original_max_position_embeddings": original,
        **rope("longrope", short_factor=short, long_factor=long, **keys),
    }


_LONG_ROPES: Mapping[str, Keywords] = {
    "longrope_of_long_texts": _longrope(32),
    "longrope_of_short_texts": _longrope(64),
    "longrope_factor": _longrope(32, factor=6.5),
    "longrope_not_stretched": _longrope(32, factor=1.0),
    "longrope_attention_factor": _longrope(32, attention_factor=1.3),
    "longrope_attention_factor_of_short_texts": _longrope(64, attention_factor=0.7, factor=3.0),
    "longrope_partial": _longrope(32, 6, partial_rotary_factor=0.75),
}
_SET_LONG = {**_LONG_ROPES["longrope_of_long_texts"]["rope_parameters"], "original_max_position_embeddings": 32}
# The class keeps these out when a config is built, not when an attribute is set.
_SET = {
    "linear": {"factor": 2.5},
    "llama3": {**LLAMA3, "original_max_position_embeddings": 8192},
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
}


def _named(value: Any, keys: frozenset[str]) -> frozenset[str]:
    """What is refused of a rope that nobody can map."""
    rope_type = value.get("rope_type") if isinstance(value, dict) else None
    if rope_type == "longrope":
        return frozenset({".short_factor", ".long_factor", ".original_max_position_embeddings"})
    # The class refuses to be built with these.
    return keys | {".rope_type"} if rope_type in ("linear", "dynamic", "llama3", "yarn") else keys


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
        **_LONG_ROPES,
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
            "longrope",
            "rope_parameters",
            _LONG_ROPES["longrope_of_long_texts"],
            nearest=({"head_dim": ABSENT},),
        ),
        *(
            Refused(
                f"longrope_{key}",
                f"rope_parameters.{key}",
                {},
                {"rope_parameters": {**_SET_LONG, key: value}},
                start=_LONG_ROPES["longrope_of_long_texts"],
                unseen=why,
                layers=True,
            )
            for key, value, why in (
                ("short_factor", [1.1] * 7, "the model cannot be run"),
                ("long_factor", [0.0] * 8, "it divides by zero"),
                ("factor", -1.0, "it takes the logarithm"),
                ("attention_factor", 0.0, ""),
            )
        ),
        Refused(
            "longrope_length_outside",
            "original_max_position_embeddings",
            {},
            {"original_max_position_embeddings": 128},
            start=_LONG_ROPES["longrope_of_long_texts"],
            layers=True,
        ),
        Refused("rope_theta_none", "rope_parameters.rope_theta", {}, {"rope_parameters": {"rope_type": "default"}}),
        Refused("rope_type_none", "rope_parameters.rope_type", {}, {"rope_parameters": {"rope_theta": 700.0}}),
        Refused("rope_empty", "rope_parameters", {}, {"rope_parameters": {}}),
        Refused("dropout", "resid_pdrop", {"resid_pdrop": 0.3}, tries=({"hidden_dropout": 0.3},)),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=LLAMA,
    rope=Rope(
        {
            "default": ("rope_theta", "partial_rotary_factor"),
            "longrope": (
                "short_factor",
                "long_factor",
                "original_max_position_embeddings",
                "factor",
                "attention_factor",
            ),
        },
        tuple((value, _named(value, keys)) for value, keys in GPT_ROPE.bad),
    ),
    hybrid=frozenset(),
    small={**SMALL, "head_dim": 16, "pad_token_id": 0},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=frozenset({"initializer_range", "attention_dropout", "resid_pdrop"}),
    none=frozenset({"dtype", "sliding_window"}),
)
