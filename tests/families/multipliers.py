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

UNSCALED_BY_DEPTH: Keywords = {"num_hidden_layers": 4, "scale_depth": 2.0}
"""A scale that is the root of the number of layers, so that branches are added as they are."""
DEPTH_SCALES: Mapping[str, Keywords] = {
    "scale_emb": {"scale_emb": 12},
    "scale_depth": {"scale_depth": 1.4},
    "dim_model_base": {"dim_model_base": 24},
}
DEPTH_SCALES_REFUSED: Sequence[Refused] = (
    Refused(
        "scale_depth",
        "scale_depth",
        {"scale_depth": 1.4},
        tries=({"mup_output_mult": 0.7}, {"mup_embedding_mult": 0.7}),
    ),
)
