"""GPT-J: attention and MLP at once after one norm, and pairs of neighbours rotated in a part of each head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tests.families import gpt2
from tests.families.proof import Keywords, Proof, Refused
from tests.families.shared import REMOTE
from tests.numerics.layouts import GPT2
from tests.numerics.transforms import grouped_qkv
from tests.numerics.weights import Layout, Row

BASE: Keywords = {**gpt2.BASE, "n_embd": 96, "rotary_dim": 8}
CASES: Mapping[str, Keywords] = {
    **{name: keywords for name, keywords in gpt2.CASES.items() if name not in ("not_tied", "not_scaled")},
    "tied": {"tie_word_embeddings": True},
    "other_sizes": {**gpt2.CASES["other_sizes"], "rotary_dim": 6},
    "rope_pair": {"rotary_dim": 2},
    "rope_whole": {"rotary_dim": 24},
    # 30 of 44 channels, which a float would say are 29.
    "rope_rounded_down": {"n_embd": 176, "rotary_dim": 30},
    "with_dropout": {"resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1},
    "combined": {
        "n_inner": 96,
        "tie_word_embeddings": True,
        "n_positions": 77,
        "rotary_dim": 16,
        "activation_function": "gelu",
    },
}
REFUSED: Sequence[Refused] = (
    *gpt2.REFUSED,
    # The class cannot run these.
    Refused("rope_of_nothing", "rotary_dim", {"rotary_dim": 0}),
    Refused("rope_odd", "rotary_dim", {"rotary_dim": 7}),
    Refused("rope_wider_than_heads", "rotary_dim", {"rotary_dim": 26}),
    Refused("rope_wider_than_one_head", "rotary_dim", {"rotary_dim": 98}, start={"n_head": 1}),
    Refused("not_rotary", "rotary", {"rotary": False}, equal=REMOTE),
    Refused("not_scaled", "scale_attn_weights", {"scale_attn_weights": False}, equal=REMOTE),
)
MODEL: Final = tuple(row for row in GPT2.model if "position" not in row.target)
MLP: Final = (
    Row("mlp.linear_fc1.{kind}", ("mlp.fc_in.{kind}",)),
    Row("mlp.linear_fc2.{kind}", ("mlp.fc_out.{kind}",)),
)
PROOF = Proof(
    base=BASE,
    cases=CASES,
    refused=REFUSED,
    layout=Layout(
        "transformer.h.{}.",
        MODEL,
        (
            Row(
                "self_attention.linear_qkv.{kind}",
                ("attn.q_proj.{kind}", "attn.k_proj.{kind}", "attn.v_proj.{kind}"),
                grouped_qkv,
            ),
            Row("self_attention.linear_proj.{kind}", ("attn.out_proj.{kind}",)),
            *MLP,
        ),
    ),
    rope=None,
    values={**gpt2.VALUES, "rotary_dim": (6, 10, 0, 3, 98)},
    equal=gpt2.EQUAL,
    spellings=gpt2.SPELLINGS,
    zero=gpt2.ZERO,
    none=frozenset({"dtype", "n_inner"}),
)
