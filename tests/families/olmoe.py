"""OLMoE: norms of queries and keys over all heads, and experts in every layer."""

from __future__ import annotations

from tests.families.llama_like import LLAMA3_ROPES, SMALL
from tests.families.olmo_experts import CASES, EXPERTS, REFUSED
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE
from tests.families.routers import AUXILIARY_LOSS, ZERO
from tests.families.shared import DECODER
from tests.numerics.layouts import LLAMA

# Heads are as wide as the hidden state is for each.
BASE = {name: value for name, value in {**DECODER, **EXPERTS, "hidden_size": 96}.items() if name != "head_dim"}

PROOF = Proof(
    base=BASE,
    cases={
        **{name: case for name, case in CASES.items() if name != "other_sizes"},
        "other_sizes": {**{name: value for name, value in CASES["other_sizes"].items() if name != "head_dim"}},
        "head_dim_said": {"head_dim": 24},
    },
    refused=(
        *REFUSED,
        Refused("another_head_dim", "head_dim", {"head_dim": 16}, nearest=({}, {"head_dim": 24})),
        Refused("clip_qkv", "clip_qkv", {"clip_qkv": 0.1}),
        Refused(
            "window",
            "sliding_window",
            {"sliding_window": 5},
            nearest=({}, {"sliding_window": None}),
            equal="its reference attention has no window; others have one",
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, **EXPERTS},
    invisible=AUXILIARY_LOSS,
    equal={
        "head_dim": "what is said is what it is anyway",
        "sliding_window": "None is what is meant where nothing is said",
    },
    none=frozenset({"dtype", "clip_qkv"}),
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
    zero=ZERO,
)
