"""Ministral 3."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Keywords, Proof, Refused, Rope
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, rope, yarn
from tests.families.shared import ACTIVATION, ACTIVATIONS, ATTENTION, DECODER, GENERAL, THREE_GROUPS
from tests.numerics.layouts import LLAMA
from tests.numerics.lengths import LENGTH

_KEYS: Keywords = {"original_max_position_embeddings": 32, "llama_4_scaling_beta": 0.0}

_LESS: Keywords = {"original_max_position_embeddings": 11, "llama_4_scaling_beta": -0.2}


def _known(value: Any) -> Any:
    """With the keys that the class needs to scale no query."""
    if not isinstance(value, dict) or not value or any(isinstance(each, dict) for each in value.values()):
        return value
    return {**_KEYS, **value}


def _unscaled(keywords: Keywords) -> Keywords:
    return {name: _known(value) if name == "rope_parameters" else value for name, value in keywords.items()}


def _growing(keywords: Keywords) -> Keywords:
    known = _unscaled(keywords)["rope_parameters"]
    return {"rope_parameters": {**known, "original_max_position_embeddings": 8, "llama_4_scaling_beta": 0.6}}


def _unscaled_refusal(refused: Refused) -> Refused:
    return dataclasses.replace(
        refused,
        change=_unscaled(refused.change),
        attributes=_unscaled(refused.attributes),
        start=_unscaled(refused.start),
        nearest=[_unscaled(each) for each in refused.nearest],
    )


_ROPE = _unscaled({"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}})

PROOF = Proof(
    base={**DECODER, **_ROPE},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "growing_queries": _growing(rope("default")),
        "growing_queries_less": {"rope_parameters": {**_growing(rope("default"))["rope_parameters"], **_LESS}},
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **_growing(yarn(mscale=0.7, mscale_all_dim=0.9)),
        },
        **ATTENTION,
        **{name: _unscaled(case) for name, case in ROPES.items()},
        **ACTIVATIONS,
    },
    refused=(
        *(*GENERAL, ACTIVATION, THREE_GROUPS),
        *map(_unscaled_refusal, ROPE_REFUSED),
        Refused(
            "scale_unsaid",
            "rope_parameters.llama_4_scaling_beta",
            rope("default", original_max_position_embeddings=32),
            nearest=(_unscaled(rope("default")),),
        ),
        Refused(
            "length_unsaid",
            "rope_parameters.original_max_position_embeddings",
            rope("default", llama_4_scaling_beta=0.0),
            nearest=(_unscaled(rope("default")),),
        ),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=LLAMA,
    bounded={
        "query_temperature": rope("default", original_max_position_embeddings=LENGTH, llama_4_scaling_beta=0.5),
    },
    rope=Rope(GPT_ROPE.types, tuple((_known(value), keys) for value, keys in GPT_ROPE.bad)),
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16, **_ROPE},
    none=frozenset({"dtype", "sliding_window"}),
)
