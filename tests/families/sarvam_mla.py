"""Sarvam 105B's class: latent attention and grouped experts."""

from __future__ import annotations

from tests.families.experts import FIRST_DENSE, GROUPS, SHARED_EXPERTS
from tests.families.latents import (
    LATENT_EXPERTS,
    LATENT_REFUSED,
    NO_QUERY_LATENT,
    OTHER_LATENT_SIZES,
    PLAIN_QUERIES,
    ROPE_HALVES,
    rope_of_halves,
)
from tests.families.proof import Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import ACTIVATIONS, NO_DROPOUT, NO_GROUPS, ROUTER, required
from tests.numerics.layouts import DEEPSEEK

PROOF = Proof(
    base=LATENT_EXPERTS,
    cases={
        "default": {},
        **ROPE_HALVES,
        **PLAIN_QUERIES,
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        **ACTIVATIONS,
        **MLA_ROPES,
        **FIRST_DENSE,
        **GROUPS,
        **SHARED_EXPERTS,
        "other_sizes": {
            "rms_norm_eps": 1e-5,
            **OTHER_LATENT_SIZES,
            "n_group": 3,
            "n_routed_experts": 6,
            "moe_intermediate_size": 24,
        },
        "combined": {
            "tie_word_embeddings": True,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "n_shared_experts": 2,
        },
    },
    refused=(
        *LATENT_REFUSED,
        NO_QUERY_LATENT,
        NO_DROPOUT,
        NO_GROUPS,
        *ROUTER,
        *required("v_head_dim", "num_experts_per_tok", "n_group", "topk_group", "first_k_dense_replace"),
        # The class takes no other when it is built.
        Refused("head_dim", "head_dim", {}, attributes={"head_dim": 16}),
        *rope_of_halves(False, None),
    ),
    layout=DEEPSEEK,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    swept={"num_hidden_layers": 2},
    invisible={"num_mtp_layers": "transformers builds no such layers"},
    none=frozenset({"dtype", "q_lora_rank"}),
    spellings=frozenset(
        {
            *("dtype", "hidden_act", "rope_parameters"),
            # More dense layers than there are layers.
            "first_k_dense_replace",
        }
    ),
    zero=frozenset(
        {"initializer_range", "attention_dropout", "first_k_dense_replace", "n_shared_experts", "num_mtp_layers"}
    ),
)
