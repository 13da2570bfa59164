"""Bamba."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tests.families.partial_ropes import PARTIAL_ROPE, PARTIAL_ROPE_REFUSED, PARTIAL_ROPES
from tests.families.proof import ABSENT, NOTHING, Keywords, Proof, Refused, Rope
from tests.families.ropes import DEFAULT, LLAMA3, rope
from tests.families.shared import ATTENTION as CASES_OF_ATTENTION
from tests.families.shared import ATTENTION_BIASES, GENERAL, NO_DROPOUT, NO_GROUPS, NO_HEAD_DIM, THREE_GROUPS
from tests.numerics.layouts import ATTENTION, NEMOTRON_H
from tests.numerics.transforms import joined, padded_vocabulary
from tests.numerics.weights import Layout, Row

LAYOUT = Layout(
    "model.layers.{}.",
    (
        Row("embedding.word_embeddings.weight", ("model.embed_tokens.weight",), padded_vocabulary),
        Row("output_layer.weight", ("lm_head.weight",), padded_vocabulary),
        Row("decoder.final_norm.weight", ("model.final_layernorm.weight",)),
    ),
    (
        Row("norm.weight", ("input_layernorm.weight",)),
        *(
            dataclasses.replace(row, sources=tuple(source.replace("mixer.", "mamba.") for source in row.sources))
            for row in NEMOTRON_H.layer
            if row.target.startswith("mixer.")
        ),
        Row("input_layernorm.weight", ("input_layernorm.weight",)),
        *ATTENTION,
        Row("pre_mlp_layernorm.weight", ("pre_ff_layernorm.weight",)),
        Row("mlp.linear_fc1.weight", ("feed_forward.gate_proj.weight", "feed_forward.up_proj.weight"), joined),
        Row("mlp.linear_fc2.weight", ("feed_forward.down_proj.weight",)),
    ),
)

# Of a hybrid model.
_LLAMA3 = {
    "rope_parameters": {
        "rope_theta": 700.0,
        "rope_type": "llama3",
        **LLAMA3,
        "original_max_position_embeddings": 64,
    }
}


def hybrid(of_gpt: Rope) -> Rope:
    """The same of a hybrid model, which has no llama3."""
    return Rope(
        {rope_type: keys for rope_type, keys in of_gpt.types.items() if rope_type != "llama3"},
        (
            *(
                (bad, keys)
                for bad, keys in of_gpt.bad
                if not (isinstance(bad, dict) and bad.get("rope_type") == "llama3")
            ),
            (_LLAMA3["rope_parameters"], frozenset({".rope_type"})),
        ),
    )


NO_LLAMA3 = Refused("rope_llama3_hybrid", "rope_parameters.rope_type", _LLAMA3, nearest=(DEFAULT,))
ATTENTION_ONLY = {"attn_layer_indices": [0, 1, 2]}

# Of layers that a model with attention alone does not have.
NOT_MAMBAS: Keywords = {
    "rms_norm_eps": 0.02,
    "hidden_act": "gelu",
    "mamba_d_conv": 3,
    "mamba_conv_bias": False,
    "mamba_proj_bias": True,
    "time_step_limit": (0.3, 0.5),
}
MIXERS: Mapping[str, Keywords] = {
    "one_mamba_group": {"mamba_n_groups": 1},
    # Few channels in a group would only amplify rounding: its norm may divide by next to nothing.
    "mamba_group_per_head": {"mamba_n_groups": 3, "mamba_n_heads": 3},
    "narrow_heads": {"mamba_d_head": 8, "mamba_n_heads": 12},
    "wider": {"mamba_expand": 3},
    "chunks": {"mamba_chunk_size": 8},
}
MIXER_REFUSED: Sequence[Refused] = (
    *(
        Refused(f"{name}_none", name, {}, {name: None})
        for name in (
            *("mamba_n_heads", "mamba_d_state", "mamba_n_groups", "mamba_d_head", "mamba_expand"),
            *("mamba_d_conv", "mamba_chunk_size"),
        )
    ),
    Refused("head_dim_auto", "mamba_d_head", {}, {"mamba_d_head": "auto"}),
    Refused("odd_mamba_groups", "mamba_n_groups", {"mamba_n_groups": 4}),
    Refused("narrower", "mamba_expand", {}, {"mamba_expand": 1}),
    Refused("three_taps", "mamba_d_conv", {"mamba_d_conv": 3}),
    Refused("no_conv_bias", "mamba_conv_bias", {"mamba_conv_bias": False}),
    Refused("projection_bias", "mamba_proj_bias", {"mamba_proj_bias": True}),
    Refused("epsilon", "rms_norm_eps", {"rms_norm_eps": 0.02}, tries=({"layernorm_epsilon": 0.02},)),
    Refused("bounded_steps", "time_step_limit", {"time_step_limit": (0.3, 0.5)}),
    Refused("no_chunks", "mamba_chunk_size", {"mamba_chunk_size": 0}),
)
MIXER_VALUES: Mapping[str, Sequence[Any]] = {
    "time_step_limit": ((0.0, 0.5), [0.3, 0.5], (0.0, 0.0), None),
    "mamba_d_head": ("auto", 16, 8, 0, None),
}
MIXER_EQUAL: Mapping[str, str] = {
    "mamba_chunk_size": "sums are taken in pieces of any size",
    "mamba_d_head": "'auto' is what it is",
}

PROOF = Proof(
    base={
        "vocab_size": 131,
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 24,
        "mamba_n_heads": 6,
        "mamba_d_state": 16,
        "mamba_n_groups": 2,
        "mamba_chunk_size": 16,
        "max_position_embeddings": 128,
        "attn_layer_indices": [1],
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "only_mamba": {"attn_layer_indices": None},
        "only_attention": ATTENTION_ONLY,
        "attention_without_mambas_constants": {**ATTENTION_ONLY, **NOT_MAMBAS},
        "layers_beyond": {"attn_layer_indices": [2, 9]},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "groups_derived": {"num_key_value_heads": None},
        **MIXERS,
        "padding_token": {"pad_token_id": 5},
        "spelt_out": {"is_causal": True},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 40,
            "intermediate_size": 72,
            "num_hidden_layers": 2,
            "num_attention_heads": 6,
            "num_key_value_heads": 3,
            "head_dim": 8,
            "mamba_n_heads": 4,
            "mamba_d_state": 8,
            "max_position_embeddings": 256,
        },
        "combined": {
            "attn_layer_indices": [0, 2],
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "mamba_n_groups": 3,
            "mamba_chunk_size": 8,
            **rope("linear", factor=2.5),
        },
        **CASES_OF_ATTENTION,
        **{name: keywords for name, keywords in PARTIAL_ROPES.items() if "llama3" not in name},
    },
    refused=(
        *GENERAL,
        Refused("activation", "hidden_act", {"hidden_act": "gelu"}),
        Refused("unknown_activation", "hidden_act", {"hidden_act": "tanh"}, start=ATTENTION_ONLY),
        THREE_GROUPS,
        *(row for row in PARTIAL_ROPE_REFUSED if "llama3" not in row.name),
        NO_LLAMA3,
        NO_GROUPS,
        NO_HEAD_DIM,
        NO_DROPOUT,
        Refused("attention_bias", "attention_bias", {"attention_bias": True}, tries=({"add_qkv_bias": True},)),
        Refused("mlp_bias", "mlp_bias", {"mlp_bias": True}, tries=({"add_bias_linear": True},)),
        *MIXER_REFUSED,
        Refused(
            "z_loss",
            "z_loss_coefficient",
            {"z_loss_coefficient": 0.1},
            equal="a term of the loss is no part of the logits; Megatron would train without it",
        ),
    ),
    layout=LAYOUT,
    rope=hybrid(PARTIAL_ROPE),
    shallow={"num_hidden_layers": 1, "attn_layer_indices": [0]},
    swept=NOTHING,
    small={
        "vocab_size": 320,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "max_position_embeddings": 128,
        "mamba_n_heads": 8,
        "mamba_d_state": 16,
        "attn_layer_indices": [1],
    },
    values={
        "attn_layer_indices": ([0], [1, 2], [0, 1, 2], [9], [], None),
        **MIXER_VALUES,
        "layers_block_type": (["full_attention"] * 3,),
    },
    equal={
        "attn_layer_indices": "there are no layers beyond the last, and none and an empty list are the same",
        **MIXER_EQUAL,
        "z_loss_coefficient": "None is no such loss",
    },
    views=dict.fromkeys(("layers_block_type", "layer_types"), "a read-only view of another field"),
    spellings=frozenset(
        {"dtype", "hidden_act", "rope_parameters", "head_dim", "attn_layer_indices", "z_loss_coefficient"}
    ),
    partly=({"attn_layer_indices": [0, 1, 2, 3]},),
    none=frozenset({"dtype", "attn_layer_indices", "z_loss_coefficient"}),
    zero=frozenset({"initializer_range", "attention_dropout", "z_loss_coefficient"}),
)
