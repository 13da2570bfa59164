"""MiniMax-M2: norms of queries and keys over all heads, and a router with sigmoid scores and a bias."""

from __future__ import annotations

from dataclasses import replace

from tests.families.llama_like import SMALL
from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import Proof, Refused
from tests.families.ropes import NOT_HYBRID, rope
from tests.families.routers import AUXILIARY_LOSS, LOCAL_EXPERTS, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import (
    ACTIVATION,
    ACTIVATIONS,
    ATTENTION,
    GENERAL,
    OTHER_SIZES,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA
from tests.numerics.weights import Layout, Row

PROOF = Proof(
    base=LOCAL_EXPERTS,
    cases={
        "default": {},
        "one_expert": {"num_experts_per_tok": 1},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5, "num_local_experts": 6},
        "spelt_out": {"is_causal": True},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            "num_experts_per_tok": 2,
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **PARTIAL_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        *(
            replace(row, equal="") if row.name == "partial_rotary_factor_outside" else row
            for row in PARTIAL_ROPE_REFUSED
        ),
        TOO_MANY_EXPERTS,
        Refused(
            "jitter",
            "router_jitter_noise",
            {"router_jitter_noise": 0.4},
            tries=({"moe_input_jitter_eps": 0.4},),
        ),
    ),
    layout=Layout(
        LLAMA.layers,
        LLAMA.model,
        (*LLAMA.layer, Row("mlp.router.expert_bias", ("mlp.e_score_correction_bias",))),
    ),
    rope=PARTIAL_ROPE,
    hybrid=NOT_HYBRID,
    small={**SMALL, "head_dim": 16, "num_local_experts": 8, "num_experts_per_tok": 3},
    invisible=AUXILIARY_LOSS,
    zero=ZERO | {"router_jitter_noise"},
)
