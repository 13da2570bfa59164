"""The language model of Qwen3-Omni's thinker."""

from __future__ import annotations

import dataclasses

from tests.families.proof import ABSENT, Refused
from tests.families.qwen3_vl_moe_text import PROOF as VISION
from tests.families.routers import ONE_EXPERT, ONE_NORMALISED
from tests.families.sections import LAYER_TYPES_REFUSED, UNTIED

_ONE_GROUP = {"num_key_value_heads": 1}

PROOF = dataclasses.replace(
    VISION,
    base={name: value for name, value in VISION.base.items() if name != "tie_word_embeddings"},
    cases={
        **{name: each for name, each in VISION.cases.items() if name != "head_dim_derived"},
        "not_normalised": {"norm_topk_prob": False},
        "one_expert": {"num_experts_per_tok": 1, "norm_topk_prob": False},
        "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
        "head_dim_undeclared": {"head_dim": ABSENT},
    },
    refused=(
        *(each for each in VISION.refused if each is not ONE_EXPERT and each not in LAYER_TYPES_REFUSED),
        ONE_NORMALISED,
        # As many heads as the class itself has leave a rest, and an odd width.
        Refused("heads_of_odd_width", "head_dim", {"head_dim": ABSENT, "num_attention_heads": 3}, start=_ONE_GROUP),
    ),
    equal=UNTIED,
    none=VISION.none | {"sliding_window"},
    values={**VISION.values, "codebook_size": (64,), "num_quantizers": (4,)},
    spellings=VISION.spellings | {"head_dim", "tie_word_embeddings"},
)
