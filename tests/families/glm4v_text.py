"""The language model of GLM-4.1V: GLM-4-0414, in which a token of an image has three positions."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from tests.families.partial_ropes import INTERLEAVED_ROPE, INTERLEAVED_ROPE_REFUSED, INTERLEAVED_ROPES
from tests.families.proof import Keywords, Proof, Refused
from tests.families.ropes import rope
from tests.families.sections import UNTIED
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
from tests.numerics.layouts import LLAMA

# 0.55 is 70 of 128 channels.
_CUT: Final = {0.25: (6, 5, 5), 0.55: (12, 12, 11), 1.0: (30, 20, 14)}
ROPE: Final = dataclasses.replace(INTERLEAVED_ROPE, sections=(12, 11, 9), cut=_CUT)


def _cut(keywords: Keywords) -> Keywords:
    """The same with sections that fit; the class rotates whole heads where nothing is said."""
    found: Any = keywords.get("rope_parameters")
    if not isinstance(found, dict) or not found:
        return keywords
    return {**keywords, "rope_parameters": ROPE.given({"partial_rotary_factor": 0.5, **found})}


def _refused(row: Refused) -> Refused:
    return dataclasses.replace(
        row,
        change=_cut(row.change),
        attributes=_cut(row.attributes),
        start=_cut(row.start),
        nearest=[_cut(each) for each in row.nearest],
    )


PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name != "head_dim"},
        "hidden_size": 512,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5},
    },
    cases={
        "default": {},
        "other_sizes": {
            **{name: value for name, value in OTHER_SIZES.items() if name != "head_dim"},
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            **rope("default", partial_rotary_factor=0.5, mrope_section=[1, 1, 0]),
        },
        "groups_derived": {"num_key_value_heads": None},
        "head_dim_said": {"head_dim": 128},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **_cut(rope("linear", factor=2.5)),
        },
        "sections": rope("default", partial_rotary_factor=0.5, mrope_section=[12, 11, 9]),
        **ATTENTION,
        **{name: _cut(each) for name, each in INTERLEAVED_ROPES.items()},
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        NO_GROUPS,
        *map(_refused, INTERLEAVED_ROPE_REFUSED),
        Refused(
            "sections_too_short",
            "rope_parameters.mrope_section",
            rope("default", partial_rotary_factor=0.5, mrope_section=[8, 12, 11]),
        ),
        Refused(
            "another_head_dim",
            "head_dim",
            {"head_dim": 64, **rope("default", partial_rotary_factor=0.5, mrope_section=[8, 4, 4])},
        ),
        Refused("ties_unsaid", "tie_word_embeddings", {"tie_word_embeddings": None}, equal="None is False"),
        Refused("no_head_dim", "head_dim", {"head_dim": None}, equal="None is what is left out"),
        # Their sections fit, as far as heads that leave a rest have a width.
        Refused(
            "broken_heads",
            "num_attention_heads",
            {
                "num_attention_heads": 3,
                "num_key_value_heads": 1,
                **rope("default", partial_rotary_factor=0.5, mrope_section=[19, 12, 12]),
            },
        ),
    ),
    layout=LLAMA,
    rope=ROPE,
    equal={
        **UNTIED,
        "head_dim": "what follows from the width and the number of heads is what is meant where nothing is said",
    },
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "tie_word_embeddings"}),
)
