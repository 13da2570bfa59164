"""Hunyuan A13B: norms of queries and keys after rope, and an MLP beside the experts."""

from __future__ import annotations

from tests.families.hunyuan import ALPHA_REFUSED, ALPHA_ROPE, ALPHA_ROPES, HUNYUAN
from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Proof, Refused
from tests.families.ropes import rope
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    DECODER_REFUSED,
    NO_GROUPS,
    NO_HEAD_DIM,
)

PROOF = Proof(
    base={**DECODER, "num_experts": 8, "moe_topk": 3},
    cases={
        **COMMON,
        **ATTENTION_BIASES,
        "one_expert": {"moe_topk": 1},
        "two_experts": {"moe_topk": 2},
        "all_experts": {"moe_topk": 8},
        "other_experts": {"num_experts": 6},
        "experts_by_layer": {"moe_topk": [2, 2, 2]},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            "moe_topk": 2,
            **rope("dynamic", alpha=50.0, factor=1.0),
        },
        **ATTENTION,
        **ALPHA_ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        *ALPHA_REFUSED,
        NO_GROUPS,
        NO_HEAD_DIM,
        Refused("too_many_experts", "moe_topk", {"moe_topk": 9}),
        Refused("experts_differ", "moe_topk", {"moe_topk": [2, 2, 3]}, tries=({"moe_router_topk": 3},)),
        Refused("experts_of_two_layers", "moe_topk", {"moe_topk": [2, 2]}),
    ),
    layout=HUNYUAN,
    rope=ALPHA_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16, "num_experts": 8, "moe_topk": 3},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "moe_topk"}),
)
