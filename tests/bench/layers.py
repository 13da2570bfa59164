"""What a layer costs with each field of `Layers`, beside the stock layer with the same config, and on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from mcore_mappers.layers import Layers
from tests.bench.calls import least_of
from tests.layers import models
from tests.layers.models import GROUPED, LATENT, VOCABULARY, built, gpt
from tests.numerics.emulation import emulated
from tests.numerics.runtime import single_process

LENGTH, BATCH = 128, 2
SIZES: Mapping[str, Any] = {
    "hidden_size": 256,
    "ffn_hidden_size": 512,
    "num_attention_heads": 8,
    "num_query_groups": 4,
    "kv_channels": 32,
    "num_layers": 1,
}
HIDDEN, FFN, QUERIES, KEYS = 256, 512, 256, 128
LAYER = 2 * (HIDDEN * (QUERIES + 2 * KEYS) + QUERIES * HIDDEN + 3 * HIDDEN * FFN) + 2 * LENGTH * QUERIES
"""Operations of the stock layer for one token: two for each weight, and scores and values of half the tokens."""
MODEL = LAYER + 2 * HIDDEN * VOCABULARY
"""Those of a model of one such layer."""
LATENT_MODEL = (
    2 * (HIDDEN * (8 * 24 + 24 + 8) + 24 * 8 * (16 + 20) + 8 * 20 * HIDDEN + 3 * HIDDEN * FFN)
    + LENGTH * 8 * (24 + 20)
    + 2 * HIDDEN * VOCABULARY
)
"""Those of one with the latent attention of `LATENT` and eight heads."""
NORM = 4
"""Operations of a norm for one number: its square, the sum, and two factors."""


@dataclass(frozen=True)
class Timed:
    """One field, or some that go together, under the name of the first."""

    layers: Layers
    paper: int
    """Operations for one token that the field adds to those of the stock layer; less than zero where it leaves some
    out."""
    inner: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What both layers need."""
    stock: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the stock layer has otherwise, where Megatron builds none that differs by the field alone."""
    outer: Mapping[str, Any] | None = None
    """Of what is not in the layer alone, and so timed in a model of one: what that needs; None of all else."""
    beside: int = LAYER
    """Operations for one token of the stock layer, or model."""


EXPERTS: Mapping[str, Any] = {**GROUPED, "moe_layer_freq": 1}
SIGMOID: Mapping[str, Any] = {**models.SIGMOID, "moe_layer_freq": 1}
MIXED: Mapping[str, Any] = {**models.MIXED, "moe_layer_freq": 1}
LAYER_NORM: Mapping[str, Any] = {"normalization": "LayerNorm"}
NORMS_OF_STREAM: Mapping[str, Any] = {**LAYER_NORM, "qk_layernorm": False}
EACH_HEAD: Mapping[str, Any] = {**LATENT, "num_query_groups": 8}
EACH_QUERY: Mapping[str, Any] = {**EACH_HEAD, "q_lora_rank": 24}
FACTORS = tuple(1.0 + 0.1 * pair for pair in range(16))
SCORES = 8 * LENGTH // 2
"""Scores of one token: of each head, with half the tokens."""
FIELDS: Mapping[str, Timed] = {
    "qk_layernorm_over_heads": Timed(Layers(qk_layernorm_over_heads=True), 0),
    "qk_layernorm_after_rope": Timed(Layers(qk_layernorm_after_rope=True), 0),
    "qk_layernorm_by_head": Timed(Layers(qk_layernorm_by_head=True), 0, LAYER_NORM),
    "qkv_bias": Timed(Layers(qkv_bias=False), -(QUERIES + 2 * KEYS), {"add_bias_linear": True}),
    "add_proj_bias": Timed(Layers(add_proj_bias=True), HIDDEN),
    "attention_output_gate_by_head": Timed(Layers(attention_output_gate_by_head=True), 2 * HIDDEN * 8 + QUERIES),
    "num_attention_heads_by_layer": Timed(
        Layers(num_attention_heads_by_layer=(12,)), (2 * 2 * HIDDEN + 2 * LENGTH) * QUERIES // 2
    ),
    "num_query_groups_by_layer": Timed(Layers(num_query_groups_by_layer=(8,)), 2 * HIDDEN * 2 * (QUERIES - KEYS)),
    "softmax_offset_freq": Timed(Layers(softmax_offset_freq=(1,)), 0, {"softmax_type": "learnable"}),
    "v_channels": Timed(Layers(v_channels=24), -2 * HIDDEN * (KEYS + QUERIES) // 4),
    "attention_value_scale": Timed(Layers(attention_value_scale=0.7), KEYS),
    "rotary_base_by_layer": Timed(Layers(rotary_base_by_layer=(500.0,)), 0),
    "rotary_percent_by_layer": Timed(
        Layers(rotary_base_by_layer=(500.0,), rotary_percent_by_layer=(0.5,)), -3 * (QUERIES + KEYS) // 2
    ),
    "mlp_glu_clamp_by_layer": Timed(Layers(mlp_glu_clamp_by_layer=(0.5,)), 3 * FFN),
    "moe_expert_glu_clamp_by_layer": Timed(Layers(moe_expert_glu_clamp_by_layer=(0.5,)), 3 * 4 * 32, EXPERTS),
    "rope_short_factor": Timed(
        Layers(
            rope_short_factor=FACTORS,
            rope_long_factor=FACTORS,
            rope_original_max_position_embeddings=LENGTH - 1,
            rope_attention_factor=1.2,
        ),
        QUERIES + KEYS,
    ),
    "layernorm_bias": Timed(Layers(layernorm_bias=False), -2 * HIDDEN, NORMS_OF_STREAM),
    "layernorm_weight": Timed(Layers(layernorm_bias=False, layernorm_weight=False), -4 * HIDDEN, NORMS_OF_STREAM),
    "parallel_mlp": Timed(Layers(parallel_mlp=True), 0),
    "shared_layernorm": Timed(Layers(parallel_mlp=True, shared_layernorm=True), -NORM * HIDDEN),
    "input_layernorm": Timed(Layers(input_layernorm=False), -NORM * HIDDEN),
    "pre_mlp_layernorm": Timed(Layers(pre_mlp_layernorm=False), -NORM * HIDDEN),
    "post_attention_layernorm": Timed(Layers(post_attention_layernorm=True), NORM * HIDDEN),
    "post_mlp_layernorm": Timed(Layers(post_mlp_layernorm=True), NORM * HIDDEN),
    "residual_multiplier": Timed(Layers(residual_multiplier=0.3), 2 * HIDDEN),
    "attn_logit_softcapping": Timed(Layers(attn_logit_softcapping=50.0), 3 * SCORES),
    "query_temperature_scale": Timed(
        Layers(
            query_temperature_scale=0.7,
            query_temperature_length=3.0,
            query_temperature_start=1,
            query_temperature_freq=(1,),
        ),
        QUERIES,
    ),
    "attention_chunk_size": Timed(
        Layers(attention_chunk_size=LENGTH // 4, attention_chunk_freq=(1,)), -2 * LENGTH * QUERIES * 3 // 4
    ),
    "qk_l2_norm_freq": Timed(Layers(qk_l2_norm_freq=(1,)), 0, {"qk_l2_norm": True, "qk_layernorm": False}),
    "moe_router_softmax_expert_bias": Timed(Layers(moe_router_softmax_expert_bias=True), 8, EXPERTS),
    "moe_router_norm_min": Timed(Layers(moe_router_norm_min=0.1), 2 * 4, EXPERTS),
    "moe_router_norm_topk_prob": Timed(Layers(moe_router_norm_topk_prob=False), 8 + 2 * 8, SIGMOID),
    "moe_router_group_score_topk": Timed(Layers(moe_router_group_score_topk=1), 8, EXPERTS),
    "moe_router_sparse_mixer": Timed(
        Layers(moe_router_sparse_mixer=True, moe_router_sparse_mixer_eps=0.01), 2 * 8 * 8, MIXED
    ),
    # Latent attention makes its angles itself. Without a norm of queries Megatron has none of latents either.
    "q_layernorm": Timed(Layers(q_layernorm=False), NORM * 24, EACH_HEAD, {"qk_layernorm": False}, {}, LATENT_MODEL),
    "mla_rotary_interleaved": Timed(Layers(mla_rotary_interleaved=False), 0, EACH_QUERY, {}, {}, LATENT_MODEL),
    "final_logit_softcapping": Timed(Layers(final_logit_softcapping=30.0), 3 * VOCABULARY, outer={}, beside=MODEL),
    "output_layer_bias": Timed(Layers(output_layer_bias=True), VOCABULARY, outer={}, beside=MODEL),
    "bands of rope": Timed(
        Layers(rope_scaling_low_freq_factor=2.0, rope_scaling_high_freq_factor=8.0),
        0,
        outer={"rope_scaling": True},
        beside=MODEL,
    ),
}
"""All that layers compute."""


def turns(timed: Timed) -> tuple[Callable[[], object], Callable[[], object]]:
    """A forward and a backward pass with the field, and one of what is stock."""
    ours, theirs = (timed.layers, timed.inner), (Layers(), {**timed.inner, **timed.stock})
    if timed.outer is None:
        return passes(*ours), passes(*theirs)
    return passes_of_model(*ours, timed.outer), passes_of_model(*theirs, timed.outer)


def passes_of_model(layers: Layers, inner: Mapping[str, Any], outer: Mapping[str, Any]) -> Callable[[], object]:
    """A forward and a backward pass of a model of one layer."""
    model = built(gpt(layers, outer, **{**SIZES, **inner})).train()
    ids = torch.randint(0, VOCABULARY, (BATCH, LENGTH), generator=torch.Generator().manual_seed(1))
    positions = torch.arange(LENGTH).expand_as(ids)
    return lambda: model(ids, positions, None).sum().backward()


def passes(layers: Layers, inner: Mapping[str, Any]) -> Callable[[], object]:
    """The same of one layer."""
    model = built(gpt(layers, **{**SIZES, **inner})).train()
    layer = model.decoder.layers[0]
    states = torch.randn(LENGTH, BATCH, HIDDEN, generator=torch.Generator().manual_seed(1), requires_grad=True)
    mask = torch.ones(1, 1, LENGTH, LENGTH, dtype=torch.bool).triu(1)
    angles = model.rotary_pos_emb(LENGTH)

    def both() -> None:
        output, _ = layer(hidden_states=states, attention_mask=mask, rotary_pos_emb=angles)
        output.sum().backward()

    return both


def ratios() -> dict[str, float]:
    """Of each field, the time of a layer with it as a multiple of that of the stock layer, measured in turns."""
    found: dict[str, float] = {}
    print("layer / stock layer, forward and backward on a CPU (on paper: operations of the forward pass)")
    with single_process(), emulated():
        for name, timed in FIELDS.items():
            with_field, without = least_of(*turns(timed), rounds=20, repeats=2)
            ratio = with_field / without
            print(
                f"  {name:32} {with_field * 1e3:6.2f} ms / {without * 1e3:6.2f} ms = {ratio:.2f}"
                f"  (on paper {1 + timed.paper / timed.beside:.4f})"
            )
            found[name] = round(ratio, 2)
    return found
