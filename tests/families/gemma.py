"""Gemma: scaled embeddings, and norms around one."""

from __future__ import annotations

from tests.families.llama_like import ATTENTION_BIAS, COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER, DECODER_REFUSED
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=DECODER,
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        **ATTENTION_BIASES,
        "odd_width": {"hidden_size": 52},
        "untied": {"tie_word_embeddings": False},
        "not_bidirectional": {"use_bidirectional_attention": False},
        "combined": {
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "hidden_act": "silu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **{name: {"hidden_act": name} for name in ("gelu", "silu", "relu2", "relu")},
    },
    refused=(
        *DECODER_REFUSED,
        ATTENTION_BIAS,
        Refused(
            "bidirectional",
            "use_bidirectional_attention",
            {"use_bidirectional_attention": True},
            equal="the attention that is compared gets a causal mask all the same; the default one gets none",
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16},
    equal={"use_bidirectional_attention": "None is False"},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "use_bidirectional_attention"}),
    none=frozenset({"dtype", "use_bidirectional_attention"}),
)
