"""A.X K1 without experts."""

from __future__ import annotations

from tests.families.experts import MLP_TYPES
from tests.families.latents import (
    LATENT_EXPERTS,
    LATENT_REFUSED,
    OTHER_LATENT_SIZES,
    ROPE_HALVES,
    rope_of_halves,
)
from tests.families.proof import Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import ACTIVATIONS, NO_DROPOUT
from tests.numerics.layouts import DEEPSEEK

DENSE, SPARSE = "dense", "sparse"

PROOF = Proof(
    base={**LATENT_EXPERTS, "rms_norm_eps": 1e-5, "mlp_layer_types": [DENSE] * 3, "bos_token_id": 1, "eos_token_id": 2},
    cases={
        "default": {},
        **ROPE_HALVES,
        "epsilon": {"rms_norm_eps": 1e-6},
        "other_sizes": {**OTHER_LATENT_SIZES, "mlp_layer_types": [DENSE] * 2},
        "spelt_out": {"is_causal": True},
        "experts_unused": {"n_routed_experts": 16, "n_shared_experts": 2, "norm_topk_prob": False},
        "combined": {
            "tie_word_embeddings": True,
            "rms_norm_eps": 1e-6,
            "hidden_act": "gelu",
            "pad_token_id": 3,
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "tied": {"tie_word_embeddings": True},
        **MLA_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *LATENT_REFUSED,
        NO_DROPOUT,
        Refused("head_dim", "head_dim", {}, {"head_dim": 16}),
        Refused("experts", "mlp_layer_types", {"mlp_layer_types": [DENSE, SPARSE, DENSE]}),
        Refused("mlps_too_few", "mlp_layer_types", {}, {"mlp_layer_types": [DENSE]}),
        *rope_of_halves(False, None),
    ),
    layout=DEEPSEEK,
    rope=MLA_ROPE,
    shallow={"num_hidden_layers": 1, "mlp_layer_types": ["dense"]},
    hybrid=frozenset(),
    equal={"num_local_experts": "another name of n_routed_experts, and no layer has experts"},
    values={"mlp_layer_types": MLP_TYPES},
)
