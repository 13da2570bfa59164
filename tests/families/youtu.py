"""Youtu-LLM: latent attention without experts."""

from __future__ import annotations

from tests.families.latents import (
    LATENT,
    LATENT_REFUSED,
    NO_QUERY_LATENT,
    OTHER_LATENT_SIZES,
    PLAIN_QUERIES,
    ROPE_HALVES,
    rope_of_halves,
)
from tests.families.proof import Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import ACTIVATIONS, NO_DROPOUT, required
from tests.numerics.layouts import DEEPSEEK

PROOF = Proof(
    # The range is the class's own for its own hidden_size: another one is derived from it.
    base={**LATENT, "initializer_range": 2.0 / (5.0 * 2048) ** 0.5},
    cases={
        "default": {},
        **ROPE_HALVES,
        **PLAIN_QUERIES,
        "epsilon": {"rms_norm_eps": 1e-5},
        "other_sizes": OTHER_LATENT_SIZES,
        "spelt_out": {"is_causal": True},
        "combined": {
            "tie_word_embeddings": False,
            "rms_norm_eps": 1e-5,
            "hidden_act": "gelu",
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "untied": {"tie_word_embeddings": False},
        **MLA_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *LATENT_REFUSED,
        NO_QUERY_LATENT,
        NO_DROPOUT,
        *required("v_head_dim"),
        Refused("head_dim", "head_dim", {}, {"head_dim": 16}),
        Refused("negative_range", "embedding_initializer_range", {"embedding_initializer_range": -1.0}),
        Refused("no_range", "initializer_range", {}, {"initializer_range": None}, unseen="every weight is copied"),
        *rope_of_halves(False, None),
    ),
    layout=DEEPSEEK,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    none=frozenset({"dtype", "q_lora_rank"}),
    zero=frozenset({"initializer_range", "attention_dropout", "embedding_initializer_range"}),
)
