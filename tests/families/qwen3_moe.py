"""Qwen3 with experts."""

from __future__ import annotations

from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, STALE, rope
from tests.families.shared import (
    ATTENTION,
    ATTENTION_BIASES,
    DECODER_REFUSED,
    EXPERTS,
    NO_HEAD_DIM,
    OTHER_SIZES,
)
from tests.numerics.layouts import LLAMA

PROOF = Proof(
    base=EXPERTS,
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "normalised": {"norm_topk_prob": True},
        "one_expert": {"num_experts_per_tok": 1},
        "one_normalised_expert": {"num_experts_per_tok": 1, "norm_topk_prob": True},
        "all_experts": {"num_experts_per_tok": 8, "norm_topk_prob": True},
        "dense_layers": {"mlp_only_layers": [1]},
        "all_dense_layers": {"mlp_only_layers": [0, 1, 2]},
        "sparse_step": {"decoder_sparse_step": 2},
        "sparse_step_and_dense_layers": {"decoder_sparse_step": 2, "mlp_only_layers": [3], "num_hidden_layers": 5},
        "window": {"use_sliding_window": True, "sliding_window": 5},
        "window_of_one": {"use_sliding_window": True, "sliding_window": 1},
        "window_unused": {"use_sliding_window": False, "sliding_window": 5},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "rms_norm_eps": 1e-5,
            "num_experts": 6,
            "moe_intermediate_size": 24,
        },
        "spelt_out": {"is_causal": True},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "combined": {
            "use_sliding_window": True,
            "sliding_window": 5,
            "norm_topk_prob": True,
            "tie_word_embeddings": True,
            "mlp_only_layers": [1],
            "pad_token_id": 3,
            **rope("linear", factor=2.5),
        },
        "gelu": {"hidden_act": "gelu"},
        **ATTENTION,
        **ROPES,
    },
    refused=(
        *DECODER_REFUSED,
        Refused(
            "attention_bias",
            "attention_bias",
            {"attention_bias": True},
            tries=({"add_qkv_bias": True}, {"add_bias_linear": True}),
        ),
        Refused("too_many_experts", "num_experts_per_tok", {"num_experts_per_tok": 9}),
        Refused(
            "one_normalised",
            "norm_topk_prob",
            {"num_experts_per_tok": 1, "norm_topk_prob": True},
            nearest=({"num_experts_per_tok": 1},),
        ),
        Refused("window_of_none", "sliding_window", {"use_sliding_window": True, "sliding_window": 0}),
        Refused(
            "window_unused",
            "use_sliding_window",
            {},
            {"use_sliding_window": False},
            start={"use_sliding_window": True, "sliding_window": 5},
            equal=STALE,
        ),
        NO_HEAD_DIM,
        Refused("no_step", "decoder_sparse_step", {"decoder_sparse_step": 0}),
        Refused(
            "dense_layer_beyond",
            "mlp_only_layers",
            {"mlp_only_layers": [9]},
            equal="no such layer: the list was made for another model",
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    small={
        "vocab_size": 320,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
        "moe_intermediate_size": 32,
        "num_experts_per_tok": 2,
        "num_experts": 8,
        "head_dim": 16,
    },
    invisible={"router_aux_loss_coef": "an auxiliary loss is no part of the logits"},
    values={"mlp_only_layers": ([], [0], [1, 2], [0, 1, 2], [7], [-1], None)},
    spellings=frozenset(
        {
            *("dtype", "hidden_act", "rope_parameters"),
            # Which layers have experts can be said by step and by list; the width of a head can be left out.
            *("mlp_only_layers", "decoder_sparse_step", "head_dim"),
        }
    ),
    zero=frozenset({"initializer_range", "attention_dropout", "router_aux_loss_coef"}),
    none=frozenset({"dtype", "sliding_window"}),
)
