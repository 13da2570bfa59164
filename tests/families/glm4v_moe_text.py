"""The language model of GLM-4.5V and 4.6V."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from tests.families.glm4_moe import PROOF as GLM
from tests.families.partial_ropes import PARTIAL_ROPE
from tests.families.proof import ABSENT, Keywords, Refused
from tests.families.ropes import rope
from tests.families.sections import HEAD_DIM

ROPE: Final = dataclasses.replace(
    PARTIAL_ROPE,
    sections=(12, 11, 9),
    # 0.55 is 70 of 128 channels.
    cut={0.25: (6, 5, 5), 0.55: (12, 12, 11), 0.75: (16, 16, 16), 1.0: (30, 20, 14)},
)


def _cut(keywords: Keywords) -> Keywords:
    """The same with sections that fit."""
    found: Any = keywords.get("rope_parameters")
    return {**keywords, "rope_parameters": ROPE.given(found)} if isinstance(found, dict) else keywords


def _refused(row: Refused) -> Refused:
    return dataclasses.replace(
        row,
        change=_cut(row.change),
        attributes=_cut(row.attributes),
        start=_cut(row.start),
        nearest=[_cut(each) for each in row.nearest],
    )


PROOF = dataclasses.replace(
    GLM,
    base={**GLM.base, "head_dim": HEAD_DIM, "attention_bias": False},
    cases={
        **{name: _cut(each) for name, each in GLM.cases.items() if name != "norms"},
        "combined": {name: each for name, each in GLM.cases["combined"].items() if name != "use_qk_norm"},
        "other_sizes": {
            **GLM.cases["other_sizes"],
            **rope("default", partial_rotary_factor=0.5, mrope_section=[1, 1, 0]),
        },
        "head_dim_undeclared": {
            "head_dim": ABSENT,
            **rope("default", partial_rotary_factor=0.5, mrope_section=[2, 1, 1]),
        },
        "sections": rope("default", mrope_section=[12, 11, 9]),
    },
    refused=(
        *map(_refused, GLM.refused),
        Refused("sections_too_short", "rope_parameters.mrope_section", rope("default", mrope_section=[8, 12, 11])),
        # Heads leave a rest, as those of the class itself do, and are narrower than its sections.
        Refused(
            "sections_of_unsaid_heads",
            "rope_parameters.mrope_section",
            {"head_dim": ABSENT, "num_attention_heads": 3},
            start={"num_key_value_heads": 1},
        ),
    ),
    rope=ROPE,
    invisible={"router_aux_loss_coef": "an auxiliary loss is no part of the logits"},
    zero=(GLM.zero - {"num_mtp_layers"}) | {"router_aux_loss_coef"},
)
