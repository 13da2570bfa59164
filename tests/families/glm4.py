"""GLM-4-0414: GLM-4-9B with norms after attention and MLP."""

from __future__ import annotations

from tests.families.glm import PROOF as GLM
from tests.families.proof import Proof
from tests.numerics.layouts import LLAMA

PROOF = Proof(base=GLM.base, cases=GLM.cases, refused=GLM.refused, layout=LLAMA, rope=GLM.rope)
