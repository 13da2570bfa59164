"""Hunyuan 3: experts by sigmoid scores, without groups."""

from __future__ import annotations

from tests.families.experts import LISTED, LISTED_REFUSED, MLP_TYPES
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER_REFUSED, EXPERTS, OTHER_SIZES, required
from tests.numerics.layouts import LLAMA
from tests.numerics.weights import Layout, Row

PROOF = Proof(
    base={**EXPERTS, "num_shared_experts": 1},
    cases={
        "default": {},
        "one_expert": {"num_experts_per_tok": 1},
        **ATTENTION_BIASES,
        "two_shared_experts": {"num_shared_experts": 2},
        # For which the class takes the width of a dense MLP.
        "no_shared_experts": {"num_shared_experts": 0},
        "scaling": {"router_scaling_factor": 1.0},
        "all_experts": {"num_experts_per_tok": 8},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "combined": {
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "num_shared_experts": 2,
            "tie_word_embeddings": True,
            "num_experts_per_tok": 5,
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **LISTED,
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *LISTED_REFUSED,
        *required("num_experts", "num_experts_per_tok", "num_shared_experts"),
        Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
        Refused("one_expert", "num_experts_per_tok", {"num_experts_per_tok": 1}, tries=({"moe_router_topk": 1},)),
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        Refused(
            "no_scaling",
            "router_scaling_factor",
            {"router_scaling_factor": 0.0},
            tries=({"moe_router_topk_scaling_factor": 0.0},),
        ),
    ),
    layout=Layout(
        LLAMA.layers,
        LLAMA.model,
        (*LLAMA.layer, Row("mlp.router.expert_bias", ("mlp.e_score_correction_bias",))),
    ),
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    values={"mlp_layer_types": MLP_TYPES},
    zero=frozenset({"initializer_range", "attention_dropout", "num_shared_experts"}),
)
