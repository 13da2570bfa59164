"""The language model of Aria."""

from __future__ import annotations

from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPE_REFUSED, ROPES, rope
from tests.families.routers import ATTENTION_BIAS
from tests.families.shared import (
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    GENERAL,
    NO_DROPOUT,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    THREE_GROUPS,
)
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MODEL, NORMS
from tests.numerics.transforms import joined, transposed
from tests.numerics.weights import Layout, Row

EXPERTS = (
    Row("mlp.router.weight", ("mlp.router.weight",)),
    Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("mlp.experts.gate_up_proj[{expert}]",), transposed),
    Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("mlp.experts.down_proj[{expert}]",), transposed),
    # What older releases call them.
    Row("mlp.experts.local_experts.{expert}.linear_fc1.weight", ("mlp.experts.fc1.weight[{expert}]",), transposed),
    Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", ("mlp.experts.fc2.weight[{expert}]",), transposed),
    Row(
        "mlp.shared_experts.linear_fc1.weight",
        ("mlp.shared_experts.gate_proj.weight", "mlp.shared_experts.up_proj.weight"),
        joined,
    ),
    Row("mlp.shared_experts.linear_fc2.weight", ("mlp.shared_experts.down_proj.weight",)),
)

PROOF = Proof(
    base={**DECODER, "moe_num_experts": 8, "moe_topk": 3, "moe_num_shared_experts": 2},
    cases={
        "default": {},
        "one_expert": {"moe_topk": 1},
        **ATTENTION_BIASES,
        "head_dim_derived": {"head_dim": None},
        "groups_derived": {"num_key_value_heads": None},
        "one_shared_expert": {"moe_num_shared_experts": 1},
        "two_experts": {"moe_topk": 2},
        "all_experts": {"moe_topk": 8},
        "swish": {"hidden_act": "swish"},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "rms_norm_eps": 1e-5, "moe_num_experts": 6},
        "spelt_out": {"is_causal": True},
        "combined": {
            "moe_num_shared_experts": 3,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *GENERAL,
        THREE_GROUPS,
        *ROPE_REFUSED,
        NO_DROPOUT,
        NO_GROUPS,
        NO_HEAD_DIM,
        ATTENTION_BIAS,
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        Refused("activation", "hidden_act", {"hidden_act": "gelu"}, nearest=({}, {"hidden_act": "swish"})),
        Refused("unknown_activation", "hidden_act", {"hidden_act": "tanh"}),
        Refused("one_expert", "moe_topk", {"moe_topk": 1}),
        Refused("too_many_experts", "moe_topk", {"moe_topk": 9}),
        Refused(
            "no_shared_experts",
            "moe_num_shared_experts",
            {"moe_num_shared_experts": 0},
            unseen="transformers makes layers without any weight, which say nothing",
        ),
    ),
    layout=Layout("model.layers.{}.", MODEL, (*NORMS, *SELF_ATTENTION, *EXPERTS)),
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
)
