"""Building blocks of proofs: OLMoE's experts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.llama_like import COMMON
from tests.families.proof import Keywords, Refused
from tests.families.ropes import ROPES, yarn
from tests.families.routers import TOO_MANY_EXPERTS
from tests.families.shared import ACTIVATIONS, ATTENTION, ATTENTION_BIASES, DECODER_REFUSED, NO_GROUPS

EXPERTS: Keywords = {"num_experts": 8, "num_experts_per_tok": 3}
CASES: Mapping[str, Keywords] = {
    **COMMON,
    **ATTENTION_BIASES,
    "normalised": {"norm_topk_prob": True},
    "one_expert": {"num_experts_per_tok": 1},
    "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
    "all_experts": {"num_experts_per_tok": 8},
    "other_experts": {"num_experts": 6},
    "combined": {
        "tie_word_embeddings": True,
        "num_key_value_heads": 1,
        "hidden_act": "gelu",
        "norm_topk_prob": True,
        "num_experts_per_tok": 2,
        **yarn(mscale=0.7, mscale_all_dim=0.9),
    },
    **ATTENTION,
    **ROPES,
    **ACTIVATIONS,
}
REFUSED: Sequence[Refused] = (*DECODER_REFUSED, NO_GROUPS, TOO_MANY_EXPERTS)
