"""The language model of Granite for Docling, which is Granite with other defaults."""

from __future__ import annotations

import dataclasses

from tests.families.granite import PROOF as GRANITE

PROOF = dataclasses.replace(
    GRANITE,
    base={
        **GRANITE.base,
        "embedding_multiplier": 1.0,
        "logits_scaling": 1.0,
        "residual_multiplier": 1.0,
        "tie_word_embeddings": False,
        "pad_token_id": None,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
    small={
        **GRANITE.config(),
        "residual_multiplier": 1.0,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
)
