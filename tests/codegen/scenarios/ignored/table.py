"""Ignored fields of every kind in one block, those with one reason together."""

from __future__ import annotations

from codegen.table import Ignored, Kind
from tests.codegen.scenarios.toys import derived, family, hf, snapshot, unknown

SNAPSHOT = snapshot(
    (
        hf("use_cache", "bool"),
        hf("bos_token_id"),
        hf("eos_token_id"),
        hf("pad_token_id"),
        hf("time_step_max", "float"),
        hf("pretraining_tp", read_in=()),
        derived("is_cached", "bool"),
        unknown("labels"),
    ),
    inner=(),
)
OWNERS = ()
FAMILY = family(
    (
        Ignored("bos_token_id", Kind.INFERENCE, "read by generation and tokenizers only"),
        Ignored("use_cache", Kind.INFERENCE, "keys and values are kept for generation only"),
        Ignored("eos_token_id", Kind.INFERENCE, "read by generation and tokenizers only"),
        Ignored(
            "pad_token_id",
            Kind.PADDING_TOKEN,
            "its embedding row starts at zero and gets no gradient; what other tokens compute does not change",
        ),
        Ignored("time_step_max", Kind.INITIALISATION, "draws the initial time steps"),
        Ignored("pretraining_tp", Kind.DEAD, "the class computes as one rank"),
        Ignored("is_cached", Kind.INFERENCE, "keys and values are kept for generation only"),
        Ignored("labels", Kind.INFERENCE, "belongs to classification heads"),
    )
)
