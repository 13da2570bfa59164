"""Ministral 3."""

from __future__ import annotations

from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Proof, Refused
from tests.families.query_scales import growing, shrinking, telling, telling_refusal, telling_rope
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, rope, yarn
from tests.families.shared import ACTIVATION, ACTIVATIONS, ATTENTION, DECODER, GENERAL, THREE_GROUPS
from tests.numerics.layouts import LLAMA
from tests.numerics.lengths import LENGTH

_ROPE = telling({"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}})

PROOF = Proof(
    base={**DECODER, **_ROPE},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "growing_queries": growing(rope("default")),
        "growing_queries_less": shrinking(rope("default")),
        "window": {"sliding_window": 5},
        "window_of_one": {"sliding_window": 1},
        "combined": {
            "sliding_window": 7,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **growing(yarn(mscale=0.7, mscale_all_dim=0.9)),
        },
        **ATTENTION,
        **{name: telling(case) for name, case in ROPES.items()},
        **ACTIVATIONS,
    },
    refused=(
        *(*GENERAL, ACTIVATION, THREE_GROUPS),
        *map(telling_refusal, ROPE_REFUSED),
        Refused(
            "scale_unsaid",
            "rope_parameters.llama_4_scaling_beta",
            rope("default", original_max_position_embeddings=32),
            nearest=(telling(rope("default")),),
        ),
        Refused(
            "length_unsaid",
            "rope_parameters.original_max_position_embeddings",
            rope("default", llama_4_scaling_beta=0.0),
            nearest=(telling(rope("default")),),
        ),
        Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    ),
    layout=LLAMA,
    bounded={
        "query_temperature": rope("default", original_max_position_embeddings=LENGTH, llama_4_scaling_beta=0.5),
    },
    rope=telling_rope(GPT_ROPE),
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16, **_ROPE},
    none=frozenset({"dtype", "sliding_window"}),
)
