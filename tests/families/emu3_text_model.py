"""The language model of Emu3."""

from __future__ import annotations

from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

_TOKENS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}

PROOF = Proof(
    base={**DECODER, **_TOKENS, "attention_dropout": 0.0},
    cases={
        **{name: case for name, case in COMMON.items() if name != "groups_derived"},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "combined": {
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
        "with_dropout": {"attention_dropout": 0.1},
    },
    refused=(
        *DECODER_REFUSED,
        NO_GROUPS,
        NO_HEAD_DIM,
        *(Refused(name, name, {}, {name: True}) for name in ("attention_bias", "mlp_bias")),
        Refused("much_dropout", "attention_dropout", {"attention_dropout": 0.3}, beyond_bound="dropout_places"),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, **_TOKENS, "head_dim": 16, "attention_dropout": 0.0},
    values={
        "attention_dropout": (0.1, 0.05, 0.3, 1.0, -1.0),
        "attention_bias": (True,),
        "mlp_bias": (True,),
    },
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
)
