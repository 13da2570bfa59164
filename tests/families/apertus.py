"""Apertus with an activation that is not xIELU."""

from __future__ import annotations

from tests.families.llama_like import ATTENTION_BIAS, COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import (
    ACTIVATIONS,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    DECODER_REFUSED,
    NO_GROUPS,
    NO_HEAD_DIM,
)
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MODEL
from tests.numerics.weights import Layout, Row

# The class has xIELU and Llama 3's rope by default.
DEFAULTS = {"hidden_act": "silu", "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}}

PROOF = Proof(
    base={**DECODER, **DEFAULTS},
    cases={
        **COMMON,
        **ATTENTION_BIASES,
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
    },
    refused=(
        *DECODER_REFUSED,
        ATTENTION_BIAS,
        NO_GROUPS,
        NO_HEAD_DIM,
        Refused("xielu", "hidden_act", {"hidden_act": "xielu"}),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            Row("input_layernorm.weight", ("attention_layernorm.weight",)),
            Row("pre_mlp_layernorm.weight", ("feedforward_layernorm.weight",)),
            *SELF_ATTENTION,
            Row("mlp.linear_fc1.weight", ("mlp.up_proj.weight",)),
            Row("mlp.linear_fc2.weight", ("mlp.down_proj.weight",)),
        ),
    ),
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, **DEFAULTS, "head_dim": 16},
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim"}),
)
