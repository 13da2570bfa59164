"""Whole models with layers against Hugging Face's: logits and gradients in float32, logits in bfloat16."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import (
    CohereConfig,
    DeepseekV3Config,
    Gemma2Config,
    GraniteConfig,
    HunYuanDenseV1Config,
    HyperCLOVAXConfig,
    Olmo2Config,
    Olmo3Config,
    Phi3Config,
)

from mcore_mappers.layers import Layers
from tests.layers.models import (
    AFTER_ROPE,
    CAPPED,
    INNER,
    LATENT,
    LAYER_NORM,
    LONG_ROPE,
    ONLY_AFTER,
    PLAIN_QUERIES,
    SHARED,
    VOCABULARY,
    WINDOW,
    gpt,
    tokens,
)
from tests.numerics.emulation import emulated
from tests.numerics.layouts import ATTENTION, LATENT_ATTENTION, MODEL, NORMS
from tests.numerics.runtime import build_huggingface, build_megatron
from tests.numerics.transforms import flattened, joined
from tests.numerics.weights import Layout, Row, copy_weights

TINY: Mapping[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": INNER["ffn_hidden_size"],
    "num_hidden_layers": INNER["num_layers"],
    "num_attention_heads": INNER["num_attention_heads"],
    "num_key_value_heads": INNER["num_query_groups"],
    "rms_norm_eps": INNER["layernorm_epsilon"],
    "tie_word_embeddings": False,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
}
FULL, SLIDING = "full_attention", "sliding_attention"
MLP = (
    Row("mlp.linear_fc1.weight", ("mlp.gate_proj.weight", "mlp.up_proj.weight"), joined),
    Row("mlp.linear_fc1.weight", ("mlp.gate_up_proj.weight",)),
    Row("mlp.linear_fc2.weight", ("mlp.down_proj.weight",)),
)
ONLY_AFTER_NAMES = (
    Row("self_attn_bda.post_layernorm.weight", ("post_attention_layernorm.weight",)),
    Row("mlp_bda.post_layernorm.weight", ("post_feedforward_layernorm.weight",)),
)
AFTER_ROPE_NAMES = (
    Row("self_attention.post_rope_q_layernorm.weight", ("self_attn.query_layernorm.weight",)),
    Row("self_attention.post_rope_k_layernorm.weight", ("self_attn.key_layernorm.weight",)),
)
AFTER_TOO = (
    Row("self_attn_bda.post_layernorm.weight", ("post_norm1.weight",)),
    Row("mlp_bda.post_layernorm.weight", ("post_norm2.weight",)),
)

ROPE = {"rope_type": "default", "rope_theta": 10000.0}
# All but norms of queries and keys whose weights heads share.
BY_HEAD = (
    *(row for row in ATTENTION if "_layernorm." not in row.target),
    *(
        Row(f"self_attention.{name}_layernorm.weight", (f"self_attn.{name}_norm.weight",), flattened)
        for name in ("q", "k")
    ),
)

MOONLIGHT: dict[str, Any] = {
    **TINY,
    "num_key_value_heads": LATENT["num_query_groups"],
    "first_k_dense_replace": INNER["num_layers"],
    "q_lora_rank": None,
    "kv_lora_rank": LATENT["kv_lora_rank"],
    "qk_nope_head_dim": LATENT["qk_head_dim"],
    "qk_rope_head_dim": LATENT["qk_pos_emb_head_dim"],
    "v_head_dim": LATENT["v_head_dim"],
    # That of the latents is no other.
    "rms_norm_eps": 1e-6,
}


@dataclass(frozen=True)
class Pair:
    """A class of Hugging Face's, and what Megatron is to be for it."""

    config: Any
    layers: Layers
    names: tuple[Row, ...]
    inner: Mapping[str, Any]
    attention: tuple[Row, ...] = ATTENTION
    outer: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    @property
    def layout(self) -> Layout:
        return Layout("model.layers.{}.", MODEL, (*self.attention, *MLP, *self.names))


PAIRS = {
    "olmo2": Pair(Olmo2Config(**TINY), ONLY_AFTER, ONLY_AFTER_NAMES, {}),
    "granite": Pair(
        GraniteConfig(**TINY, residual_multiplier=0.3, attention_multiplier=0.25),
        Layers(residual_multiplier=0.3),
        NORMS,
        {"qk_layernorm": False, "softmax_scale": 0.25},
    ),
    "hyperclovax": Pair(
        HyperCLOVAXConfig(**TINY, residual_multiplier=0.3, use_post_norm=True, attention_multiplier=0.25),
        Layers(post_attention_layernorm=True, post_mlp_layernorm=True, residual_multiplier=0.3),
        (*NORMS, *AFTER_TOO),
        {"qk_layernorm": False, "softmax_scale": 0.25},
    ),
    "olmo3": Pair(
        Olmo3Config(
            **TINY,
            layer_types=[SLIDING, FULL, SLIDING],
            sliding_window=5,
            rope_parameters={
                FULL: {"rope_type": "linear", "rope_theta": 10000.0, "factor": 8.0},
                SLIDING: {"rope_type": "default", "rope_theta": 90.0},
            },
        ),
        dataclasses.replace(ONLY_AFTER, rotary_base_by_layer=(90.0, None, 90.0)),
        ONLY_AFTER_NAMES,
        {"window_size": (4, 0), "window_attn_skip_freq": [1, 0, 1]},
        outer={"seq_len_interpolation_factor": 8.0},
    ),
    "gemma2": Pair(
        Gemma2Config(
            **{**TINY, "head_dim": INNER["kv_channels"]},
            hidden_activation="silu",
            query_pre_attn_scalar=20,
            layer_types=["full_attention", "sliding_attention", "sliding_attention"],
            sliding_window=5,
            attn_logit_softcapping=1.5,
            final_logit_softcapping=2.0,
        ),
        CAPPED,
        (
            Row("input_layernorm.weight", ("input_layernorm.weight",)),
            Row("pre_mlp_layernorm.weight", ("pre_feedforward_layernorm.weight",)),
            *ONLY_AFTER_NAMES,
        ),
        {
            **WINDOW,
            "qk_layernorm": False,
            "layernorm_zero_centered_gamma": True,
            "softmax_scale": 20**-0.5,
            "use_mup": True,
            "mup_base_hidden_size": 64,
            "mup_embedding_mult": 8.0,
        },
    ),
    "hunyuan": Pair(
        HunYuanDenseV1Config(**TINY, head_dim=INNER["kv_channels"]), AFTER_ROPE, (*NORMS, *AFTER_ROPE_NAMES), {}
    ),
    "phi3": Pair(
        Phi3Config(
            **TINY,
            max_position_embeddings=40,
            original_max_position_embeddings=8,
            rope_parameters={
                "rope_type": "longrope",
                "rope_theta": 10000.0,
                "short_factor": [*LONG_ROPE["rope_short_factor"]],
                "long_factor": [*LONG_ROPE["rope_long_factor"]],
                "attention_factor": LONG_ROPE["rope_attention_factor"],
            },
        ),
        Layers(**LONG_ROPE),
        NORMS,
        {"qk_layernorm": False},
    ),
    "command_r_plus": Pair(
        CohereConfig(**TINY, layer_norm_eps=0.01, use_qk_norm=True, logit_scale=1.0, rope_parameters=ROPE),
        SHARED,
        (Row("shared_layernorm.weight", ("input_layernorm.weight",)),),
        {**LAYER_NORM, "rotary_interleaved": True},
        BY_HEAD,
    ),
    "moonlight": Pair(
        DeepseekV3Config(**MOONLIGHT), PLAIN_QUERIES, NORMS, {**LATENT, "layernorm_epsilon": 1e-6}, LATENT_ATTENTION
    ),
}


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def models(pair: Pair, dtype: torch.dtype) -> tuple[Any, Any]:
    theirs: Any = build_huggingface(pair.config)
    inner: dict[str, Any] = {"hidden_size": 64, **pair.inner}
    config = gpt(pair.layers, pair.outer, **inner)
    ours = build_megatron(config)
    copy_weights(pair.layout, theirs, ours, config.transformer)
    return theirs.to(dtype).train(), ours.to(dtype).train()


def outputs(theirs: Any, ours: Any) -> tuple[Tensor, Tensor]:
    ids = tokens()
    return theirs(ids).logits, ours(ids, torch.arange(ids.shape[1]).expand_as(ids), None)


@pytest.mark.parametrize("name", PAIRS)
def test_logits_and_gradients_are_the_same(name: str) -> None:
    theirs, ours = models(PAIRS[name], torch.float32)
    expected, found = outputs(theirs, ours)
    weights = torch.randn(expected.shape, generator=torch.Generator().manual_seed(1))
    for each in (expected, found):
        (each * weights).sum().backward()
    assert (found - expected).abs().max() / expected.std() < 3e-5
    mine = {key: each.grad for key, each in ours.named_parameters()}
    with torch.no_grad():
        for each in theirs.parameters():
            each.copy_(each.grad)
    # Gradients are cut and joined as weights are.
    copy_weights(PAIRS[name].layout, theirs, ours, ours.config)
    for key, right in ours.named_parameters():
        assert (mine[key] - right).abs().max() / right.std() < 1e-4, key


@pytest.mark.parametrize("name", PAIRS)
def test_bfloat16_is_off_by_its_own_rounding(name: str) -> None:
    """Neither model is further from the other than either is from float32, but for a little."""
    exact, _ = outputs(*models(PAIRS[name], torch.float32))
    theirs, ours = outputs(*models(PAIRS[name], torch.bfloat16))
    assert theirs.dtype == ours.dtype == torch.bfloat16
    rounding = (theirs - exact).square().mean().sqrt()
    assert 1e-4 < rounding / exact.std() < 0.05
    assert (ours - exact).square().mean().sqrt() < 1.5 * rounding
    assert (ours.float() - theirs.float()).square().mean().sqrt() < 2 * rounding
