"""Building blocks of proofs: ropes in which a token of an image has three positions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from tests.families.proof import Keywords, Refused
from tests.families.ropes import GPT_ROPE, rope
from tests.families.shared import OTHER_SIZES

HEAD_DIM: Final = 128
"""Of which the sections of the classes are the halves, where a config says none."""

ROPE: Final = dataclasses.replace(GPT_ROPE, sections=(30, 20, 14))

SECTIONS: Mapping[str, Keywords] = {
    "sections": rope("default", mrope_section=[30, 20, 14]),
    "sections_of_one": rope("linear", factor=2.5, mrope_section=[64, 0, 0]),
}
SECTIONS_REFUSED: Sequence[Refused] = tuple(
    Refused(f"sections_{name}", "rope_parameters.mrope_section", rope("default", mrope_section=value))
    for name, value in {
        "too_short": [16, 24, 23],
        "of_two": [32, 32],
        "none": None,
    }.items()
)
OTHER: Keywords = {
    **OTHER_SIZES,
    "num_hidden_layers": 2,
    "rms_norm_eps": 1e-5,
    # Of heads with 8 channels.
    **rope("default", mrope_section=[2, 1, 1]),
}
INTERLEAVED: Mapping[str, Keywords] = {
    "sections": rope("default", mrope_section=[5, 4, 3], mrope_interleaved=True),
}
INTERLEAVED_REFUSED: Sequence[Refused] = (
    Refused("sections_of_two", "rope_parameters", rope("default", mrope_section=[6, 6])),
    Refused("sections_of_halves", "rope_parameters", rope("default", mrope_section=[5.5, 4.0, 2.5])),
)
LAYER_TYPES_REFUSED: Sequence[Refused] = (
    Refused("layer_types_none", "layer_types", {"layer_types": None}),
    Refused(
        "layer_types_sliding",
        "layer_types",
        {"layer_types": ["full_attention", "sliding_attention", "full_attention"]},
        nearest=({"layer_types": ["full_attention"] * 3},),
        equal="no layer has another kind of attention, whatever whoever wrote it meant",
    ),
)
UNTIED: Mapping[str, str] = {"tie_word_embeddings": "False is what is meant where nothing is said"}
"""Of classes that do not declare it."""
LAYERS: Mapping[str, str] = {"layer_types": "full attention in every layer is what is meant where nothing is said"}
"""Of classes that do not declare it."""
