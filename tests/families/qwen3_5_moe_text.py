"""The language models of Qwen3.5's models with experts."""

from __future__ import annotations

from tests.families.delta_nets import CASES, COMBINED, MIXED, NOT_HYBRID, OTHER, REFUSED, SPLIT, TOLERANCE, VALUES
from tests.families.partial_ropes import PARTIAL_ROPE
from tests.families.proof import ABSENT, Proof
from tests.families.ropes import rope
from tests.families.routers import AUXILIARY_LOSS, ONE_EXPERT, TOO_MANY_EXPERTS, ZERO
from tests.families.sections import INTERLEAVED_REFUSED

PROOF = Proof(
    base={
        **MIXED,
        "intermediate_size": ABSENT,
        "num_experts": 8,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "shared_expert_intermediate_size": 56,
    },
    cases={
        **CASES,
        "rope_of_three_coordinates": rope("default", mrope_section=[1, 1, 1], mrope_interleaved=True),
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "shared_expert": {"shared_expert_intermediate_size": 24},
        "other_sizes": {**OTHER, "intermediate_size": ABSENT, "num_experts": 6, "moe_intermediate_size": 24},
        "spelt_out": {"is_causal": True},
        "combined": {
            **COMBINED,
            "num_experts_per_tok": 2,
            **rope("linear", factor=2.5, partial_rotary_factor=0.75),
        },
    },
    refused=(
        *REFUSED,
        *INTERLEAVED_REFUSED,
        ONE_EXPERT,
        TOO_MANY_EXPERTS,
    ),
    layout=SPLIT,
    rope=PARTIAL_ROPE,
    shallow={"num_hidden_layers": 1, "layer_types": ["full_attention"]},
    tolerance=TOLERANCE,
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    values=VALUES,
    zero=ZERO,
)
