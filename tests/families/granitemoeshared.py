"""Granite with experts and a shared MLP."""

from __future__ import annotations

from tests.families.granitemoe import (
    BASE,
    CASES,
    EXPERTS,
    INVISIBLE,
    NONE,
    REFUSED,
    SMALL_EXPERTS,
    SPELLINGS,
    ZERO,
)
from tests.families.llama_like import LLAMA3_ROPES
from tests.families.proof import Proof
from tests.families.ropes import GPT_ROPE
from tests.numerics.layouts import MODEL
from tests.numerics.weights import Layout, Row

PROOF = Proof(
    base={**BASE, "shared_intermediate_size": 40},
    cases={**CASES, "no_shared_mlp": {"shared_intermediate_size": 0}, "wide_mlp": {"shared_intermediate_size": 72}},
    refused=REFUSED,
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            *EXPERTS,
            Row("mlp.shared_experts.linear_fc1.weight", ("shared_mlp.input_linear.weight",)),
            Row("mlp.shared_experts.linear_fc2.weight", ("shared_mlp.output_linear.weight",)),
        ),
    ),
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL_EXPERTS, "shared_intermediate_size": 48},
    invisible=INVISIBLE,
    spellings=SPELLINGS,
    zero=ZERO | {"shared_intermediate_size"},
    none=NONE,
)
