"""TODO: which published models."""

from __future__ import annotations

from tests.families.experts import FIRST_DENSE, GROUPS, SHARED_EXPERTS
from tests.families.latent import LATENT_EXPERTS, rope_of_halves
from tests.families.layer_norms import ODD_HEADS
from tests.families.llama_like import ATTENTION_BIAS
from tests.families.proof import Proof
from tests.families.shared import ACTIVATION, ACTIVATIONS, ATTENTION_BIASES, ROUTER
from tests.numerics.layouts import LLAMA

# TODO: transformers cannot run a model of this base: ValueError: Empty module name
PROOF = Proof(
    base={**LATENT_EXPERTS, "head_dim": 24},
    cases={
        "default": {},
        "padding_token": {"pad_token_id": 5},
        **ACTIVATIONS,
        **ATTENTION_BIASES,
        **FIRST_DENSE,
        **SHARED_EXPERTS,
        **GROUPS,
        "tie_word_embeddings": {"tie_word_embeddings": True},
        "initializer_range": {"initializer_range": 0.01},
        "other_sizes": {"rms_norm_eps": 1e-5, "n_group": 3},
        "combined": {"hidden_act": "gelu", "n_shared_experts": 2, "topk_group": 4, "num_experts_per_tok": 5},
    },
    # Every row that refuses needs one: a config, and the nearest ones that it must not refuse.
    refused=(
        ACTIVATION,
        ATTENTION_BIAS,
        ODD_HEADS,
        *ROUTER,
        *rope_of_halves(False),
    ),
    # That of minicpm.
    layout=LLAMA,
    rope=None,
    invisible={"attention_dropout": "both sides draw masks of their own"},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "first_k_dense_replace"}),
    zero=frozenset({"initializer_range", "attention_dropout", "first_k_dense_replace", "n_shared_experts"}),
)
