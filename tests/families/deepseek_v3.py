"""DeepSeek-V3 and R1: latent attention and grouped experts."""

from __future__ import annotations

from tests.families.latents import (
    LATENT_EXPERTS,
    LATENT_REFUSED,
    NO_QUERY_LATENT,
    OTHER_LATENT_EXPERTS,
    PLAIN_QUERIES,
    ROPE_HALVES,
    rope_of_halves,
)
from tests.families.proof import Proof, Refused
from tests.families.ropes import MLA_ROPE, MLA_ROPES, yarn
from tests.families.shared import (
    NO_DROPOUT,
    NO_GROUPS,
    PER_LAYER,
    ROUTER,
    required,
)
from tests.numerics.layouts import DEEPSEEK

PROOF = Proof(
    base={**LATENT_EXPERTS, "first_k_dense_replace": 1},
    cases={
        "default": {},
        # Megatron predicts no further tokens with layers.
        **{name: {**case, "num_mtp_layers": 0} for name, case in ROPE_HALVES.items()},
        **PLAIN_QUERIES,
        "epsilon": {"rms_norm_eps": 1e-5},
        "no_dense_layers": {"first_k_dense_replace": 0},
        "all_dense_layers": {"first_k_dense_replace": 3},
        "more_dense_layers_than_layers": {"first_k_dense_replace": 7},
        "two_shared_experts": {"n_shared_experts": 2},
        "all_groups": {"topk_group": 4},
        "one_group_of_experts": {"n_group": 1, "topk_group": 1},
        "five_experts": {"n_routed_experts": 12, "num_experts_per_tok": 5},
        "three_groups": {"num_experts_per_tok": 6, "topk_group": 3},
        "one_expert": {"num_experts_per_tok": 1, "n_group": 1, "topk_group": 1, "norm_topk_prob": False},
        "other_sizes": OTHER_LATENT_EXPERTS,
        "spelt_out": {"is_causal": True},
        "no_scaling": {"routed_scaling_factor": 1.0},
        "combined": {
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "topk_group": 4,
            "num_experts_per_tok": 5,
            "rms_norm_eps": 1e-5,
            **yarn(attention_factor=1.3, mscale_all_dim=0.9),
        },
        "tied": {"tie_word_embeddings": True},
        "gelu": {"hidden_act": "gelu"},
        **MLA_ROPES,
    },
    refused=(
        *LATENT_REFUSED,
        PER_LAYER,
        NO_DROPOUT,
        NO_GROUPS,
        *ROUTER,
        NO_QUERY_LATENT,
        *required("v_head_dim", "num_experts_per_tok", "n_group", "topk_group", "first_k_dense_replace"),
        Refused("head_dim", "head_dim", {"head_dim": 16}),
        *rope_of_halves(False, None),
    ),
    layout=DEEPSEEK,
    rope=MLA_ROPE,
    hybrid=frozenset(),
    swept={"num_hidden_layers": 2},
    small={
        "vocab_size": 320,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 128,
        "moe_intermediate_size": 32,
        "num_experts_per_tok": 2,
        "n_routed_experts": 8,
        "n_group": 2,
        "topk_group": 1,
        "first_k_dense_replace": 1,
        "q_lora_rank": 24,
        "kv_lora_rank": 16,
        "qk_rope_head_dim": 8,
        "qk_nope_head_dim": 16,
        "v_head_dim": 16,
    },
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
        {"initializer_range", "attention_dropout", "n_shared_experts", "first_k_dense_replace", "num_mtp_layers"}
    ),
)
