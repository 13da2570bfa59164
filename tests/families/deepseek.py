"""DeepSeek-MoE: experts by a softmax, beside shared ones, after dense layers."""

from __future__ import annotations

from tests.families.described import GENERAL_DESCRIBED, ROPE_DESCRIBED
from tests.families.experts import FIRST_DENSE, SHARED_EXPERTS
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope
from tests.families.shared import (
    ACTIVATION,
    ATTENTION,
    ATTENTION_BIASES,
    DECODER,
    NO_GROUPS,
    OTHER_SIZES,
    PER_LAYER,
    THREE_GROUPS,
    required,
)
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import EXPERTS, MLP, MODEL, NORMS
from tests.numerics.transforms import joined
from tests.numerics.weights import Layout, Row

_EXPERT = "mlp.experts.{expert}"
_APART = (
    Row(
        "mlp.experts.local_experts.{expert}.linear_fc1.weight",
        (f"{_EXPERT}.gate_proj.weight", f"{_EXPERT}.up_proj.weight"),
        joined,
    ),
    Row("mlp.experts.local_experts.{expert}.linear_fc2.weight", (f"{_EXPERT}.down_proj.weight",)),
)

PROOF = Proof(
    base={
        **{name: value for name, value in DECODER.items() if name != "head_dim"},
        # Heads wide enough that Llama 3's rope scales some channels and not others.
        "hidden_size": 96,
        "intermediate_size": 56,
        "n_routed_experts": 8,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
        "n_shared_experts": 1,
        "first_k_dense_replace": 1,
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "normalised": {"norm_topk_prob": True},
        "one_expert": {"num_experts_per_tok": 1},
        "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
        "all_experts": {"num_experts_per_tok": 8},
        "every_second_layer": {"moe_layer_freq": 2, "first_k_dense_replace": 0},
        "every_second_layer_from_the_second": {"moe_layer_freq": 2, "first_k_dense_replace": 1},
        "shared_experts_unsaid": {"n_shared_experts": None},
        "groups_derived": {"num_key_value_heads": None},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **{name: value for name, value in OTHER_SIZES.items() if name != "head_dim"},
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "n_routed_experts": 6,
            "moe_intermediate_size": 24,
        },
        "combined": {
            "norm_topk_prob": True,
            "n_shared_experts": 2,
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "moe_layer_freq": 2,
            "aux_loss_alpha": 0.01,
            "seq_aux": False,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **FIRST_DENSE,
        **SHARED_EXPERTS,
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *GENERAL_DESCRIBED,
        *ROPE_DESCRIBED,
        ACTIVATION,
        THREE_GROUPS,
        PER_LAYER,
        NO_GROUPS,
        *required("n_routed_experts", "num_experts_per_tok"),
        Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("other_scores", "scoring_func", {"scoring_func": "sigmoid"}, unseen="there is no such model"),
        Refused(
            "heads_that_do_not_fill",
            "num_attention_heads",
            {"num_attention_heads": 9, "num_key_value_heads": 9},
            unseen="the model cannot be built",
        ),
    ),
    layout=Layout("model.layers.{}.", MODEL, (*NORMS, *SELF_ATTENTION, *MLP, *_APART, *EXPERTS)),
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    invisible=dict.fromkeys(("aux_loss_alpha", "seq_aux"), "an auxiliary loss is no part of the logits"),
    partly=({"num_experts_per_tok": 1},),
    values={"scoring_func": ("softmax", "sigmoid")},
    equal=dict.fromkeys(("first_k_dense_replace", "moe_layer_freq"), "others can name the same ones of three layers"),
    spellings=frozenset(
        {"dtype", "hidden_act", "rope_parameters", "first_k_dense_replace", "moe_layer_freq", "n_shared_experts"}
    ),
    zero=frozenset(
        {"initializer_range", "attention_dropout", "n_shared_experts", "first_k_dense_replace", "aux_loss_alpha"}
    ),
    none=frozenset({"dtype", "n_shared_experts"}),
)
