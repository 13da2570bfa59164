"""Seed-OSS: biases of query, key and value alone."""

from __future__ import annotations

from tests.families.llama_like import COMMON, LLAMA3_ROPES, SMALL
from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPES, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED, NO_GROUPS, NO_HEAD_DIM
from tests.numerics.layouts import LLAMA

_EVERYWHERE = {"attention_bias": True, "attention_out_bias": True, "mlp_bias": True}
_NO_DROPOUT = {"attention_dropout": 0.0, "residual_dropout": 0.0}

PROOF = Proof(
    base={**DECODER, **_NO_DROPOUT},
    cases={
        **COMMON,
        "no_biases": {"attention_bias": False},
        "biases": _EVERYWHERE,
        "output_bias": {"attention_out_bias": True},
        "output_bias_alone": {"attention_bias": False, "attention_out_bias": True},
        "no_output_bias": {**_EVERYWHERE, "attention_out_bias": False},
        "no_input_bias": {**_EVERYWHERE, "attention_bias": False},
        "mlp_bias_alone": {"attention_bias": False, "mlp_bias": True},
        "head_dim_derived": {"head_dim": None},
        "combined": {
            **_EVERYWHERE,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
        **ACTIVATIONS,
        "with_dropout": {"residual_dropout": 0.1, "attention_dropout": 0.1},
    },
    refused=(
        *DECODER_REFUSED,
        Refused(
            "output_bias_alone",
            "attention_out_bias",
            {"attention_out_bias": True},
            nearest=(NOTHING, _EVERYWHERE),
            tries=({"add_bias_linear": True},),
        ),
        Refused(
            "mlp_bias_alone",
            "attention_out_bias",
            {"mlp_bias": True},
            nearest=(NOTHING, _EVERYWHERE),
            tries=({"add_bias_linear": True},),
        ),
        Refused(
            "no_input_bias",
            "attention_bias",
            {**_EVERYWHERE, "attention_bias": False},
            nearest=({"attention_bias": False}, _EVERYWHERE),
            tries=({"add_bias_linear": True},),
        ),
        NO_GROUPS,
        NO_HEAD_DIM,
        Refused("much_dropout", "residual_dropout", {"residual_dropout": 0.3}, beyond_bound="dropout_places"),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16},
    values={"residual_dropout": (0.1, 0.05, 0.3, 1.0, -1.0)},
    zero=frozenset({"initializer_range", "attention_dropout", "residual_dropout"}),
)
