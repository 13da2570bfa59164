"""Qwen3-Next."""

from __future__ import annotations

from tests.families.delta_nets import CASES, COMBINED, MIXED, NEXT, NOT_HYBRID, OTHER, REFUSED, TOLERANCE, VALUES
from tests.families.partial_ropes import PARTIAL_ROPE
from tests.families.proof import Proof
from tests.families.ropes import rope
from tests.families.routers import (
    AUXILIARY_LOSS,
    ONE_NORMALISED,
    STEPPED_SPELLINGS,
    STEPPED_VALUES,
    STEPS,
    STEPS_REFUSED,
    TOO_MANY_EXPERTS,
    ZERO,
)

PROOF = Proof(
    base={
        **MIXED,
        "num_experts": 8,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "shared_expert_intermediate_size": 56,
    },
    cases={
        **CASES,
        "not_normalised": {"norm_topk_prob": False},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "all_experts": {"num_experts_per_tok": 8},
        "shared_expert": {"shared_expert_intermediate_size": 24},
        "other_sizes": {**OTHER, "num_experts": 6, "moe_intermediate_size": 24},
        "spelt_out": {"is_causal": True},
        "combined": {
            **COMBINED,
            "norm_topk_prob": False,
            "mlp_only_layers": [1],
            "pad_token_id": 3,
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
        **{name: {**case, "layer_types": None} for name, case in STEPS.items()},
    },
    refused=(
        *REFUSED,
        TOO_MANY_EXPERTS,
        ONE_NORMALISED,
        *STEPS_REFUSED,
    ),
    layout=NEXT,
    rope=PARTIAL_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["full_attention"]},
    tolerance=TOLERANCE,
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values={**STEPPED_VALUES, **VALUES},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters"}) | STEPPED_SPELLINGS,
    zero=ZERO,
)
