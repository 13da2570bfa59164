"""Sarvam 30B: grouped experts, and rope on whole heads."""

from __future__ import annotations

from tests.families.experts import FIRST_DENSE, GROUPED_DECODER, GROUPS, SHARED_EXPERTS
from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import Proof
from tests.families.ropes import NOT_HYBRID, rope
from tests.families.shared import ACTIVATION, ACTIVATIONS, ATTENTION, GENERAL, OTHER_SIZES, ROUTER, THREE_GROUPS
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=GROUPED_DECODER,
    cases={
        "default": {},
        "spelt_out": {"is_causal": True},
        "padding_token": {"pad_token_id": 5},
        **ACTIVATIONS,
        **ATTENTION,
        **PARTIAL_ROPES,
        **FIRST_DENSE,
        **GROUPS,
        **SHARED_EXPERTS,
        "attention_bias": {"attention_bias": True},
        "use_qk_norm": {"use_qk_norm": False},
        "other_sizes": {
            "rms_norm_eps": 1e-5,
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "n_group": 3,
            "n_routed_experts": 6,
            "moe_intermediate_size": 24,
        },
        "combined": {
            "tie_word_embeddings": True,
            "hidden_act": "gelu",
            "num_key_value_heads": 1,
            **rope("linear", factor=2.5),
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "n_shared_experts": 2,
        },
    },
    refused=(
        *GENERAL,
        ACTIVATION,
        THREE_GROUPS,
        *PARTIAL_ROPE_REFUSED,
        *ROUTER,
    ),
    layout=LLAMA,
    rope=PARTIAL_ROPE,
    hybrid=NOT_HYBRID,
    swept={"num_hidden_layers": 2},
    invisible={"num_mtp_layers": "transformers builds no such layers"},
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
