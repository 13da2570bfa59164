"""Mixtral."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, yarn
from tests.families.routers import AUXILIARY_LOSS, LOCAL_EXPERTS, ONE_EXPERT, TOO_MANY_EXPERTS, ZERO
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER_REFUSED, OTHER_SIZES
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=LOCAL_EXPERTS,
    cases={
        "default": {},
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "head_dim_derived": {"head_dim": None},
        "one_expert": {"num_experts_per_tok": 1},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5, "num_local_experts": 6},
        "spelt_out": {"is_causal": True},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            "num_experts_per_tok": 2,
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
        ONE_EXPERT,
        TOO_MANY_EXPERTS,
        Refused(
            "jitter",
            "router_jitter_noise",
            {"router_jitter_noise": 0.4},
            tries=({"moe_input_jitter_eps": 0.4},),
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    invisible=AUXILIARY_LOSS,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=ZERO | {"router_jitter_noise"},
    none=frozenset({"dtype", "sliding_window", "head_dim"}),
)
