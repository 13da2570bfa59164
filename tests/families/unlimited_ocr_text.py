"""The language model of Unlimited-OCR: that of DeepSeek-OCR 2, and windows of what is generated."""

from __future__ import annotations

from tests.families.deepseek_v2 import GROUPED, ROUTER_REFUSED, ROUTERS
from tests.families.experts import LISTED, LISTED_REFUSED, MLP_TYPES, SHARED_EXPERTS
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.routers import ATTENTION_BIAS
from tests.families.shared import (
    ATTENTION,
    DECODER,
    DECODER_REFUSED,
    NO_DROPOUT,
    NO_GROUPS,
    NO_HEAD_DIM,
    OTHER_SIZES,
    required,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name != "head_dim"},
        # Heads wide enough that Llama 3's rope scales some channels and not others.
        "hidden_size": 96,
        "num_key_value_heads": 4,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "n_routed_experts": 8,
        "n_shared_experts": 1,
        "mlp_layer_types": ["dense", "sparse", "sparse"],
        "layer_types": ["full_attention"] * 3,
        # No groups, unless a case says so.
        "n_group": None,
        "topk_group": None,
    },
    cases={
        "default": {},
        "other_sizes": {
            **{name: value for name, value in OTHER_SIZES.items() if name != "head_dim"},
            "num_hidden_layers": 2,
            "num_key_value_heads": 6,
            "mlp_layer_types": ["dense", "sparse"],
            "layer_types": ["full_attention"] * 2,
            "rms_norm_eps": 1e-5,
            "moe_intermediate_size": 24,
            "n_routed_experts": 6,
        },
        "spelt_out": {"is_causal": True, "n_group": 4, "topk_group": 2},
        "groups_derived": {"num_key_value_heads": None},
        "combined": {
            **GROUPED,
            "mlp_layer_types": ["sparse", "dense", "sparse"],
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "routed_scaling_factor": 1.7,
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **ROUTERS,
        **LISTED,
        **SHARED_EXPERTS,
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        *LISTED_REFUSED,
        *ROUTER_REFUSED,
        ATTENTION_BIAS,
        NO_DROPOUT,
        NO_GROUPS,
        NO_HEAD_DIM,
        *required("num_experts_per_tok"),
        Refused("two_groups", "num_key_value_heads", {"num_key_value_heads": 2}),
        Refused("head_dim", "head_dim", {}, {"head_dim": 32}),
        Refused(
            "windows_of_what_is_generated",
            "layer_types",
            {"layer_types": ["full_attention", "reference_sliding_attention", "full_attention"]},
            equal="a text that is read at once is a prompt as a whole; what is generated after it is not",
        ),
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    shallow={"num_hidden_layers": 1, "mlp_layer_types": ["sparse"], "layer_types": ["full_attention"]},
    values={"topk_method": ("greedy", "group_limited_greedy", "noaux_tc", None), "mlp_layer_types": MLP_TYPES},
    equal=dict.fromkeys(("n_group", "topk_group"), "looked at only where topk_method is group_limited_greedy"),
    none=frozenset({"dtype", "n_group", "topk_group"}),
    zero=frozenset({"initializer_range", "attention_dropout", "n_shared_experts"}),
)
