"""Building blocks of proofs of families with LayerNorm: layouts of their weights, and refusals that they share."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

import torch
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor

from tests.families.proof import NOTHING, Keywords, Refused
from tests.families.shared import DECODER
from tests.numerics.layouts import ATTENTION, MODEL, NORMS
from tests.numerics.transforms import grouped_qkv, padded_vocabulary
from tests.numerics.weights import Layout, Row

NEMOTRON: Final = Layout(
    "model.layers.{}.",
    MODEL,
    (
        *NORMS,
        *ATTENTION,
        Row("mlp.linear_fc1.{kind}", ("mlp.up_proj.{kind}",)),
        Row("mlp.linear_fc2.{kind}", ("mlp.down_proj.{kind}",)),
    ),
)
"""Llama's names, without a gate."""


def fused(attention: str) -> tuple[Row, ...]:
    """The layer of GPT-NeoX: queries, keys and values of one head after the other, as Megatron has them."""
    return (
        *NORMS,
        Row("self_attention.linear_qkv.{kind}", (f"{attention}.query_key_value.{{kind}}",)),
        Row("self_attention.linear_proj.{kind}", (f"{attention}.dense.{{kind}}",)),
        Row("self_attention.q_layernorm.{kind}", (f"{attention}.q_layernorm.{{kind}}",)),
        Row("self_attention.k_layernorm.{kind}", (f"{attention}.k_layernorm.{{kind}}",)),
        Row("mlp.linear_fc1.{kind}", ("mlp.dense_h_to_4h.{kind}",)),
        Row("mlp.linear_fc2.{kind}", ("mlp.dense_4h_to_h.{kind}",)),
    )


def after_padding(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """OPT's table of positions without the two rows that no position of a text without padding has."""
    (table,) = sources
    return table[2:]


def fairseq(prefix: str, output: str, final_norm: str) -> Layout:
    """The layout of OPT and BioGPT."""
    return Layout(
        f"{prefix}.layers.{{}}.",
        (
            Row("embedding.word_embeddings.weight", (f"{prefix}.embed_tokens.weight",), padded_vocabulary),
            Row("embedding.position_embeddings.weight", (f"{prefix}.embed_positions.weight",), after_padding),
            Row("output_layer.weight", (f"{output}.weight",), padded_vocabulary),
            Row("decoder.final_layernorm.{kind}", (f"{prefix}.{final_norm}.{{kind}}",)),
            Row("decoder.final_norm.{kind}", (f"{prefix}.{final_norm}.{{kind}}",)),
        ),
        (
            Row("input_layernorm.{kind}", ("self_attn_layer_norm.{kind}",)),
            Row("pre_mlp_layernorm.{kind}", ("final_layer_norm.{kind}",)),
            Row(
                "self_attention.linear_qkv.{kind}",
                ("self_attn.q_proj.{kind}", "self_attn.k_proj.{kind}", "self_attn.v_proj.{kind}"),
                grouped_qkv,
            ),
            Row("self_attention.linear_proj.{kind}", ("self_attn.out_proj.{kind}",)),
            Row("mlp.linear_fc1.{kind}", ("fc1.{kind}",)),
            Row("mlp.linear_fc2.{kind}", ("fc2.{kind}",)),
        ),
    )


def decoder(epsilon: str, *without: str) -> Keywords:
    """The base of a decoder with LayerNorm, whose heads are 24 wide, with `epsilon` and without some fields."""
    kept = {name: value for name, value in DECODER.items() if name not in ("rms_norm_eps", *without)}
    return {**kept, epsilon: 0.02, **({"hidden_size": 96} if "head_dim" in without else {})}


BIASES_ALONE: Sequence[Refused] = tuple(
    Refused(
        f"{name}_alone",
        "attention_bias",
        {"attention_bias": name == "attention_bias", "mlp_bias": name == "mlp_bias"},
        nearest=(
            {"attention_bias": False, "mlp_bias": False},
            {"attention_bias": True, "mlp_bias": True},
        ),
        tries=({"add_qkv_bias": True},),
    )
    for name in ("attention_bias", "mlp_bias")
)
ODD_HEADS = Refused("odd_heads", "num_attention_heads", {"num_attention_heads": 5})
ROPE_WIDTH: Sequence[Refused] = tuple(
    Refused(f"rope_{width}_wide", "head_dim", {"head_dim": width}, tries=({"kv_channels": width},))
    for width in (16, 32)
)


def whole(rows: Sequence[Refused]) -> Sequence[Refused]:
    """The rows about Llama 3's rope with all of each head rotated: a quarter has none of the low frequencies."""

    def rotated(keywords: Keywords) -> Keywords:
        return {**keywords, "rope_parameters": {**keywords["rope_parameters"], "partial_rotary_factor": 1.0}}

    return [
        (
            dataclasses.replace(row, change=rotated(row.change), nearest=[rotated(each) for each in row.nearest])
            if row.name.startswith("rope_llama3")
            else row
        )
        for row in rows
    ]


# The one of PARTIAL_ROPES that classes do not run whose attention does not round as rope does.
ODD_ROPE: Final = "rope_odd"
AT_ONCE: Keywords = {"use_parallel_residual": True}
PARALLEL = Refused("parallel", "use_parallel_residual", AT_ONCE)
MLP_DROPOUT = Refused(
    "mlp_dropout", "hidden_dropout", {"hidden_dropout": 0.3}, nearest=(NOTHING,), tries=({"hidden_dropout": 0.3},)
)
HEAD_DIM_EQUAL: Final = {"head_dim": "None leaves the width to hidden_size, as its absence does"}
SMALL: Keywords = {
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
}
SMALL_GROUPED: Keywords = {**SMALL, "num_key_value_heads": 2}
