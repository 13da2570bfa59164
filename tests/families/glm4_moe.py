"""GLM-4.5 to 4.7: grouped experts, and rope on a part of each head."""

from __future__ import annotations

from tests.families.experts import FIRST_DENSE, GROUPED_DECODER, GROUPS, SHARED_EXPERTS
from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import ABSENT, Proof
from tests.families.ropes import NOT_HYBRID, rope
from tests.families.shared import (
    ACTIVATION,
    ATTENTION,
    GENERAL,
    NO_HEAD_DIM,
    OTHER_SIZES,
    ROUTER,
    THREE_GROUPS,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=GROUPED_DECODER,
    cases={
        "default": {},
        "biases": {"attention_bias": True},
        "norms": {"use_qk_norm": True},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "n_routed_experts": 6,
            "n_group": 3,
            "moe_intermediate_size": 24,
        },
        "head_dim_undeclared": {"head_dim": ABSENT},
        "spelt_out": {"is_causal": True},
        "combined": {
            "attention_bias": True,
            "use_qk_norm": True,
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **FIRST_DENSE,
        **GROUPS,
        **SHARED_EXPERTS,
        **ATTENTION,
        **PARTIAL_ROPES,
    },
    refused=(*GENERAL, ACTIVATION, THREE_GROUPS, NO_HEAD_DIM, *ROUTER, *PARTIAL_ROPE_REFUSED),
    layout=LLAMA,
    rope=PARTIAL_ROPE,
    hybrid=NOT_HYBRID,
    swept={"num_hidden_layers": 2},
    invisible={"num_mtp_layers": "transformers builds no such layers"},
    spellings=frozenset(
        {
            *("dtype", "hidden_act", "rope_parameters", "head_dim"),
            # More dense layers than there are layers.
            "first_k_dense_replace",
        }
    ),
    zero=frozenset(
        {"initializer_range", "attention_dropout", "n_shared_experts", "first_k_dense_replace", "num_mtp_layers"}
    ),
)
