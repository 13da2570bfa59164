"""GLM-4.7-Flash: latent attention, and grouped experts in the layers of a list."""

from __future__ import annotations

from tests.families.experts import (
    GROUPS,
    LISTED,
    LISTED_REFUSED,
    MLP_TYPES,
    SHARED_EXPERTS,
)
from tests.families.latents import (
    LATENT_EXPERTS,
    LATENT_REFUSED,
    NO_QUERY_LATENT,
    OTHER_LATENT_EXPERTS,
    PLAIN_QUERIES,
    ROPE_HALVES,
    rope_of_halves,
)
from tests.families.partial_ropes import breaking
from tests.families.proof import Proof
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import ROUTER
from tests.numerics.layouts import DEEPSEEK

PROOF = Proof(
    base={**LATENT_EXPERTS, "rms_norm_eps": 1e-5},
    cases={
        "default": {},
        **ROPE_HALVES,
        **PLAIN_QUERIES,
        # That of the latent norms.
        "epsilon": {"rms_norm_eps": 1e-6},
        "other_sizes": OTHER_LATENT_EXPERTS,
        "spelt_out": {"is_causal": True},
        "combined": {
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "tied": {"tie_word_embeddings": True},
        "gelu": {"hidden_act": "gelu"},
        **LISTED,
        **GROUPS,
        **SHARED_EXPERTS,
        **MLA_ROPES,
    },
    refused=(
        *breaking(LATENT_REFUSED),
        NO_QUERY_LATENT,
        *rope_of_halves(False),
        *ROUTER,
        *LISTED_REFUSED,
    ),
    layout=DEEPSEEK,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    values={"mlp_layer_types": MLP_TYPES},
    none=frozenset({"dtype", "q_lora_rank"}),
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts"}),
)
