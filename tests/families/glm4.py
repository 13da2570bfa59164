"""GLM-4-0414: GLM-4-9B with norms after attention and MLP."""

from __future__ import annotations

from tests.families.glm import PROOF as GLM
from tests.families.partial_ropes import INTERLEAVED_ROPE, INTERLEAVED_ROPE_REFUSED
from tests.families.proof import Proof
from tests.families.shared import ACTIVATION, GENERAL, THREE_GROUPS
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=GLM.base,
    cases=GLM.cases,
    refused=(*GENERAL, ACTIVATION, THREE_GROUPS, *INTERLEAVED_ROPE_REFUSED),
    layout=LLAMA,
    rope=INTERLEAVED_ROPE,
)
