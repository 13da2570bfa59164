"""The language model of Apertus 1.5 with an activation that is not xIELU."""

from __future__ import annotations

import dataclasses

from tests.families.apertus import PROOF as APERTUS
from tests.families.proof import Refused

PROOF = dataclasses.replace(
    APERTUS,
    cases={**APERTUS.cases, "whole_head": {"output_vocab_size": 131}},
    refused=(*APERTUS.refused, Refused("pruned_head", "output_vocab_size", {"output_vocab_size": 100})),
    none=frozenset({"dtype", "output_vocab_size"}),
)
