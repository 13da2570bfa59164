"""LFM2 with attention in every layer."""

from __future__ import annotations

from tests.families.lfm import LFM
from tests.families.llama_like import LLAMA3_ROPES, SMALL
from tests.families.proof import ABSENT, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, yarn
from tests.families.shared import ATTENTION, DECODER, GENERAL, NO_HEAD_DIM, OTHER_SIZES, THREE_GROUPS

_NORM = {name: value for name, value in DECODER.items() if name != "rms_norm_eps"}
FULL, CONV = "full_attention", "conv"

PROOF = Proof(
    base={**_NORM, "norm_eps": 0.02, "block_multiple_of": 8},
    cases={
        "default": {},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {**OTHER_SIZES, "num_hidden_layers": 2, "norm_eps": 1e-5},
        "spelt_out": {"is_causal": True},
        "untied": {"tie_word_embeddings": False},
        "head_dim_undeclared": {"head_dim": ABSENT},
        # 2/3 of 97 is 64.7.
        "width": {"intermediate_size": 97},
        "wider": {"block_ffn_dim_multiplier": 1.3},
        "rounded": {"block_multiple_of": 56},
        "as_it_is": {"block_auto_adjust_ff_dim": False, "intermediate_size": 77},
        "convolutions_unused": {"conv_bias": True, "conv_L_cache": 5},
        "listed": {"full_attn_idxs": [0, 1, 2], "layer_types": [FULL] * 3},
        "combined": {
            "tie_word_embeddings": False,
            "num_key_value_heads": 1,
            "block_ffn_dim_multiplier": 0.7,
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ATTENTION,
        **ROPES,
    },
    refused=(
        Refused("no_mlp", "intermediate_size", {"intermediate_size": 1}),
        *GENERAL,
        THREE_GROUPS,
        *ROPE_REFUSED,
        NO_HEAD_DIM,
        Refused("a_convolution", "layer_types", {"layer_types": [FULL, CONV, FULL]}),
        Refused("too_few_layer_types", "layer_types", {}, {"layer_types": [FULL]}),
        Refused("no_multiplier", "block_ffn_dim_multiplier", {"block_ffn_dim_multiplier": 0.0}),
        Refused("no_multiple", "block_multiple_of", {"block_multiple_of": 0}),
    ),
    layout=LFM,
    rope=GPT_ROPE,
    hybrid=LLAMA3_ROPES,
    small={**SMALL, "head_dim": 16, "block_auto_adjust_ff_dim": False},
    values={
        "layer_types": ([FULL, CONV, FULL], [CONV] * 3, [FULL], [FULL] * 4, [], None),
        "full_attn_idxs": ([0], [0, 1, 2], [], None),
    },
    equal={
        "intermediate_size": "widths are rounded",
        "block_multiple_of": "widths are rounded",
        "block_ffn_dim_multiplier": "widths are rounded",
        "block_auto_adjust_ff_dim": "any width can be said without it",
    },
    spellings=frozenset({"dtype", "rope_parameters", "head_dim", "intermediate_size", "block_auto_adjust_ff_dim"}),
    zero=frozenset({"initializer_range"}),
)
