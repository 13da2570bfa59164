"""Building blocks of proofs: latent attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.experts import GROUPED_EXPERTS
from tests.families.proof import Keywords, Refused
from tests.families.ropes import MLA_ROPE_REFUSED, yarn
from tests.families.shared import ACTIVATION, GENERAL

LATENT: Keywords = {
    "vocab_size": 131,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "q_lora_rank": 40,
    "kv_lora_rank": 32,
    "qk_nope_head_dim": 24,
    "qk_rope_head_dim": 8,
    "v_head_dim": 20,
    "rms_norm_eps": 1e-6,
    "max_position_embeddings": 128,
}
LATENT_EXPERTS: Keywords = {**LATENT, **GROUPED_EXPERTS, "n_routed_experts": 8, "n_shared_experts": 1}

OTHER_LATENT_SIZES: Keywords = {
    "vocab_size": 97,
    "hidden_size": 48,
    "intermediate_size": 72,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "num_key_value_heads": 3,
    "q_lora_rank": 20,
    "kv_lora_rank": 12,
    "qk_nope_head_dim": 10,
    "qk_rope_head_dim": 6,
    "v_head_dim": 14,
    "max_position_embeddings": 256,
}
OTHER_LATENT_EXPERTS: Keywords = {
    **OTHER_LATENT_SIZES,
    "moe_intermediate_size": 24,
    "n_routed_experts": 6,
    "n_group": 3,
    "topk_group": 2,
}

PLAIN_QUERIES: Mapping[str, Keywords] = {
    "plain_queries": {"q_lora_rank": None},
    "plain_queries_combined": {
        "q_lora_rank": None,
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": True,
        **yarn(mscale=0.7, mscale_all_dim=0.9),
    },
}

ROPE_HALVES: Mapping[str, Keywords] = {
    "rope_halves": {"rope_interleave": False},
    "rope_halves_combined": {
        "rope_interleave": False,
        "rms_norm_eps": 1e-5,
        "tie_word_embeddings": True,
        **yarn(attention_factor=1.3, mscale_all_dim=0.9),
    },
}

NO_QUERY_LATENT = Refused("no_query_latent", "q_lora_rank", {"q_lora_rank": None}, tries=({"q_lora_rank": None},))

LATENT_REFUSED: Sequence[Refused] = (
    *GENERAL,
    ACTIVATION,
    *MLA_ROPE_REFUSED,
    Refused("groups", "num_key_value_heads", {"num_key_value_heads": 2}),
    Refused(
        "attention_bias",
        "attention_bias",
        {"attention_bias": True},
        tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
    ),
    Refused(
        "epsilon",
        "rms_norm_eps",
        {"rms_norm_eps": 1e-2},
        nearest=({"rms_norm_eps": 1e-5},),
        tries=({"layernorm_epsilon": 1e-2},),
        beyond_bound="mla_latent_norm_eps",
    ),
)


def rope_of_halves(*values: object) -> Sequence[Refused]:
    """The values of `rope_interleave` that are refused."""
    return tuple(
        Refused(
            f"rope_halves_{value}",
            "rope_interleave",
            {"rope_interleave": value},
            tries=({"rotary_interleaved": True},),
        )
        for value in values
    )
