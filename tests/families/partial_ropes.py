"""Ropes of families that rotate a part of each head: cases, refusals and what their keys can be.

Their classes fill in a `partial_rotary_factor` of their own. Megatron's YaRN rotates whole heads, so that it is said
there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.proof import Keywords, Refused, Rope
from tests.families.ropes import DEFAULT, GPT_ROPE, LLAMA3, ROPE_REFUSED, ROPES, STALE, rope


def whole(keywords: Keywords, *rope_types: str) -> Keywords:
    """The same with all of each head rotated, if by one of these types and unless something else is said."""
    said: Any = keywords.get("rope_parameters")
    if not isinstance(said, dict) or said.get("rope_type") not in rope_types:
        return keywords
    return {**keywords, "rope_parameters": {"partial_rotary_factor": 1.0, **said}}


def _refused(row: Refused) -> Refused:
    """The refusal of a rope over whole heads. A part of a head has none of the low frequencies of Llama 3."""
    change, attributes, start, *nearest = (
        whole(keywords, "yarn", "llama3") for keywords in (row.change, row.attributes, row.start, *row.nearest)
    )
    return dataclasses.replace(row, change=change, attributes=attributes, start=start, nearest=nearest)


PARTIAL_ROPES: Mapping[str, Keywords] = {
    **{name: whole(keywords, "yarn") for name, keywords in ROPES.items()},
    "rope_whole": rope("default", partial_rotary_factor=1.0),
    "rope_three_quarters": rope("default", partial_rotary_factor=0.75),
    "rope_linear_three_quarters": rope("linear", factor=2.5, partial_rotary_factor=0.75),
    "rope_llama3_three_quarters": {
        **ROPES["rope_llama3"],
        "rope_parameters": {**ROPES["rope_llama3"]["rope_parameters"], "partial_rotary_factor": 0.75},
    },
}
PARTIAL_ROPE: Final = Rope(
    {
        rope_type: keys if rope_type == "yarn" else (*keys, "partial_rotary_factor")
        for rope_type, keys in GPT_ROPE.types.items()
    },
    (
        *GPT_ROPE.bad,
        *(
            (
                {"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": value},
                frozenset({".partial_rotary_factor"}),
            )
            for value in (0, -0.5, 1.5, None, "0.5", True)
        ),
    ),
)


def _llama3(**keys: float) -> Keywords:
    return {"max_position_embeddings": 20000, **rope("llama3", partial_rotary_factor=1.0, **{**LLAMA3, **keys})}


_OTHERS = (
    "rope_partial_default",
    "rope_partial_scaled",
    "partial_rotary_factor_outside",
    "rope_llama3_low_freq_factor",
)
PARTIAL_ROPE_REFUSED: Sequence[Refused] = (
    *(_refused(row) for row in ROPE_REFUSED if row.name not in _OTHERS),
    Refused(
        "partial_rotary_factor_outside",
        "partial_rotary_factor",
        {},
        {"partial_rotary_factor": 0.75},
        start=rope("linear", factor=2.5),
        equal=STALE,
    ),
    # Far enough from 1 that the one frequency that it decides shows.
    Refused(
        "rope_llama3_low_freq_factor",
        "rope_parameters.low_freq_factor",
        _llama3(low_freq_factor=3.5),
        nearest=(_llama3(),),
    ),
    Refused(
        "rope_of_nothing",
        "rope_parameters.partial_rotary_factor",
        rope("default", partial_rotary_factor=0.0),
        nearest=(DEFAULT,),
    ),
)
