"""The language models of Qwen3.5's dense models."""

from __future__ import annotations

from tests.families.delta_nets import CASES, COMBINED, MIXED, NOT_HYBRID, OTHER, REFUSED, SPLIT, TOLERANCE, VALUES
from tests.families.partial_ropes import PARTIAL_ROPE
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.sections import INTERLEAVED_REFUSED

PROOF = Proof(
    base=MIXED,
    cases={
        **CASES,
        # Of texts, all three coordinates of a token are the same.
        "rope_of_three_coordinates": rope("default", mrope_section=[1, 1, 1], mrope_interleaved=True),
        "other_sizes": OTHER,
        "spelt_out": {"is_causal": True},
        "combined": {**COMBINED, **rope("linear", factor=2.5, partial_rotary_factor=0.75)},
    },
    refused=(*REFUSED, *INTERLEAVED_REFUSED),
    layout=SPLIT,
    rope=PARTIAL_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["full_attention"]},
    tolerance=TOLERANCE,
    hybrid=NOT_HYBRID,
    values=VALUES,
)
