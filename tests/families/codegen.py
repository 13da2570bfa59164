"""CodeGen: GPT-J with queries, values and keys in one projection of four parts."""

from __future__ import annotations

from dataclasses import replace

from tests.families import gptj
from tests.families.proof import Refused
from tests.numerics.transforms import sharded_qkv
from tests.numerics.weights import Layout, Row

PROOF = replace(
    gptj.PROOF,
    cases={
        **{name: keywords for name, keywords in gptj.CASES.items() if name != "padding_token"},
        # Heads do not end where the four parts of the projection do.
        "six_heads": {"n_head": 6},
        "context_unread": {"n_ctx": 64},
    },
    refused=(
        *gptj.REFUSED,
        Refused("no_four_parts", "n_embd", {"n_embd": 90}, start={"n_head": 3}),
    ),
    layout=Layout(
        "transformer.h.{}.",
        gptj.MODEL,
        (
            Row("self_attention.linear_qkv.weight", ("attn.qkv_proj.weight",), sharded_qkv),
            Row("self_attention.linear_proj.weight", ("attn.out_proj.weight",)),
            *gptj.MLP,
        ),
    ),
)
