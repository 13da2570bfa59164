"""StarCoder."""

from __future__ import annotations

from tests.families.gpt2 import BASE, CASES, EQUAL, REFUSED, SPELLINGS, VALUES, ZERO
from tests.families.proof import Proof, Refused
from tests.numerics.layouts import GPT2
from tests.numerics.weights import Layout, Row

LAYOUT = Layout(
    "transformer.h.{}.",
    GPT2.model,
    (
        Row("input_layernorm.{kind}", ("ln_1.{kind}",)),
        Row("self_attention.linear_qkv.{kind}", ("attn.c_attn.{kind}",)),
        Row("self_attention.linear_proj.{kind}", ("attn.c_proj.{kind}",)),
        Row("pre_mlp_layernorm.{kind}", ("ln_2.{kind}",)),
        Row("mlp.linear_fc1.{kind}", ("mlp.c_fc.{kind}",)),
        Row("mlp.linear_fc2.{kind}", ("mlp.c_proj.{kind}",)),
    ),
)

PROOF = Proof(
    base=BASE,
    cases={
        **CASES,
        "multi_head": {"multi_query": False},
        "one_head": {"n_head": 1},
        "combined": {
            "multi_query": False,
            "n_inner": 96,
            "scale_attn_weights": False,
            "tie_word_embeddings": False,
            "n_positions": 77,
            "activation_function": "gelu",
        },
    },
    refused=(
        *REFUSED,
        Refused(
            "cross_attention",
            "add_cross_attention",
            {"add_cross_attention": True},
            start={"multi_query": False},
        ),
    ),
    layout=LAYOUT,
    rope=None,
    hybrid=frozenset(),
    values={**VALUES, "num_key_value_heads": (2, 4)},
    equal={**EQUAL, "multi_query": "with one head"},
    # One head is the only one of its group, whatever is said.
    spellings=SPELLINGS | {"multi_query"},
    zero=ZERO,
    none=frozenset({"dtype", "n_inner"}),
)
