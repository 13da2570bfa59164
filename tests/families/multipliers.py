"""Building blocks of proofs for families with Granite's multipliers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.proof import Keywords, Refused

MULTIPLIERS: Mapping[str, Keywords] = {
    "embedding_multiplier": {"embedding_multiplier": 3.0},
    "logits_scaling": {"logits_scaling": 7.0},
    "attention_multiplier": {"attention_multiplier": 0.3},
    "residual_multiplier": {"residual_multiplier": 0.22},
}
COMBINED: Keywords = {
    "embedding_multiplier": 3.0,
    "logits_scaling": 7.0,
    "attention_multiplier": 0.3,
    "residual_multiplier": 1.7,
}

MULTIPLIERS_REFUSED: Sequence[Refused] = (
    Refused(
        "residual_multiplier",
        "residual_multiplier",
        {"residual_multiplier": 0.22},
        tries=({"mup_output_mult": 0.22}, {"mup_embedding_mult": 0.22}),
    ),
)
