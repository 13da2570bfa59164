"""The language model of Qwen3-VL's models with experts."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.routers import (
    ATTENTION_BIAS,
    ONE_EXPERT,
    STEPPED_SPELLINGS,
    STEPPED_VALUES,
    STEPS,
    STEPS_REFUSED,
    TOO_MANY_EXPERTS,
)
from tests.families.sections import INTERLEAVED, INTERLEAVED_REFUSED, LAYER_TYPES_REFUSED, LAYERS
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER_REFUSED, EXPERTS, NO_HEAD_DIM, OTHER_SIZES
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={**EXPERTS, "tie_word_embeddings": False},
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "one_expert": {"num_experts_per_tok": 1},
        "two_experts": {"num_experts_per_tok": 2},
        "head_dim_derived": {"head_dim": None},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "tie_word_embeddings": True,
            "mlp_only_layers": [1],
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **STEPS,
        **ATTENTION,
        **INTERLEAVED,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *INTERLEAVED_REFUSED,
        *STEPS_REFUSED,
        *LAYER_TYPES_REFUSED,
        Refused(
            "window",
            "sliding_window",
            {},
            {"sliding_window": 99},
            equal="attention has no window, whatever whoever wrote it meant",
        ),
        ATTENTION_BIAS,
        TOO_MANY_EXPERTS,
        ONE_EXPERT,
        NO_HEAD_DIM,
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    equal=LAYERS,
    invisible={"router_aux_loss_coef": "an auxiliary loss is no part of the logits"},
    values=STEPPED_VALUES,
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", *STEPPED_SPELLINGS}),
    zero=frozenset({"initializer_range", "attention_dropout", "router_aux_loss_coef"}),
)
