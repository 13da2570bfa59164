"""Gates of heads: against the equations, and against Megatron's gates of channels with one number for each head."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import torch
from megatron.training.models.base import ModelConfig
from torch import Tensor

from mcore_mappers.layers import Layers
from tests.layers.models import (
    AFTER_ROPE,
    CAPPED,
    CHUNKED,
    HEAD_GATES,
    LATENT,
    ONLY_AFTER,
    OWN_QUERIES,
    ROUNDING,
    SINKS,
    WINDOW,
    built,
    cached,
    gpt,
    hybrid,
    logits,
    shaken,
)
from tests.numerics.emulation import emulated


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def by_channel(name: str, weight: Tensor, groups: int) -> Tensor:
    """What a model with a gate for each channel computes the same with: the row of a head for each of its channels."""
    if "linear_qkv." not in name or "layer_norm" in name:
        return weight
    heads = 4 // groups
    of_groups = weight.unflatten(0, (groups, -1))
    query, key_and_value, gate = of_groups.tensor_split((heads * 16, heads * 16 + 32), dim=1)
    return torch.cat((query, gate.repeat_interleave(16, dim=1), key_and_value), dim=1).flatten(0, 1)


@pytest.mark.parametrize(
    ("others", "fields"),
    [
        (Layers(), {}),
        (Layers(), {"qk_layernorm": False, "add_qkv_bias": True}),
        (Layers(), {"num_query_groups": 1}),
        (Layers(), {"num_query_groups": 4, **SINKS, **WINDOW}),
        (Layers(attention_value_scale=0.7), {}),
        (ONLY_AFTER, {"qk_layernorm": True}),
        (AFTER_ROPE, {}),
        (CAPPED, WINDOW),
        (CHUNKED, {}),
    ],
    ids=str,
)
def test_all_channels_of_a_head_have_its_gate(others: Layers, fields: Mapping[str, Any]) -> None:
    model = shaken(built(gpt(replace(others, attention_output_gate_by_head=True), **fields)))
    stock = built(gpt(others, attention_output_gate=True, **fields))
    groups = model.config.num_query_groups
    stock.load_state_dict(
        {name: each if each is None else by_channel(name, each, groups) for name, each in model.state_dict().items()}
    )
    torch.testing.assert_close(logits(model), logits(stock), **ROUNDING)
    assert model.decoder.layers[0].self_attention.linear_qkv.weight.shape == (4 * 16 + groups * 32 + 4, 48)


def test_a_hybrid_model_has_them_too() -> None:
    model, stock = shaken(built(hybrid(HEAD_GATES))), built(hybrid(Layers(), attention_output_gate=True))
    stock.load_state_dict(
        {name: each if each is None else by_channel(name, each, 2) for name, each in model.state_dict().items()}
    )
    torch.testing.assert_close(logits(model), logits(stock), **ROUNDING)


def test_gates_are_those_of_their_heads() -> None:
    attention = shaken(built(gpt(OWN_QUERIES))).decoder.layers[1].self_attention
    states = torch.randn(5, 2, 48, generator=torch.Generator().manual_seed(4))
    query, key, value, gate = attention.get_query_key_value_tensors(states)
    of_groups = (states @ attention.linear_qkv.weight.T).view(5, 2, 2, 3 * 16 + 32 + 3)
    normed = partial(torch.nn.functional.rms_norm, normalized_shape=(16,), eps=0.01)
    heads = of_groups[..., :48].reshape(5, 2, 6, 16)
    torch.testing.assert_close(query, normed(heads, weight=attention.q_layernorm.weight))
    torch.testing.assert_close(key, normed(of_groups[..., 48:64], weight=attention.k_layernorm.weight))
    torch.testing.assert_close(value, of_groups[..., 64:80])
    torch.testing.assert_close(gate, of_groups[..., 80:].reshape(5, 2, 6))
    given = torch.randn(5, 2, 96, generator=torch.Generator().manual_seed(5))
    expected = (given.view(5, 2, 6, 16) * gate.sigmoid()[..., None]).flatten(-2)
    torch.testing.assert_close(attention._apply_output_gate(given, gate), expected)


def test_gates_start_as_queries_do() -> None:
    config = gpt(HEAD_GATES, hidden_size=256, init_method_std=0.02)
    weight = built(config).decoder.layers[0].self_attention.linear_qkv.weight
    gates = weight.view(2, -1, 256)[:, -2:]
    assert abs(gates.std() / 0.02 - 1) < 0.1
    assert not torch.equal(*gates[0])


@torch.no_grad()
def test_a_cache_of_keys_does_not_matter() -> None:
    attention = shaken(built(gpt(HEAD_GATES))).decoder.layers[1].self_attention.eval()
    cached(attention)


REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "ranks": (HEAD_GATES, {"tensor_model_parallel_size": 4}, "tensor_model_parallel_size=4 must divide num_query_gro"),
    "latent": (HEAD_GATES, LATENT, "attention_output_gate_by_head=True needs multi_latent_attention=False, not True"),
    "gate": (HEAD_GATES, {"attention_output_gate": True}, "needs attention_output_gate=False, not True"),
    "narrow": (replace(HEAD_GATES, v_channels=6), {}, "needs v_channels=None, not 6"),
    "flash_decode": (HEAD_GATES, {"flash_decode": True}, "needs flash_decode=False, not True"),
    "clip": (HEAD_GATES, {"qk_clip": True}, "needs qk_clip=False, not True"),
    "test": (HEAD_GATES, {"test_mode": True}, "needs test_mode=False, not True"),
    "fused": (HEAD_GATES, {"fused_single_qkv_rope": True}, "needs fused_single_qkv_rope=False, not True"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_them_is_refused(name: str) -> None:
    layers, changes, told = REFUSED[name]
    with pytest.raises(ValueError, match=told):
        gpt(layers, **changes)


def test_megatrons_own_round_trip_keeps_them() -> None:
    config = gpt(OWN_QUERIES)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.layers == OWN_QUERIES
    assert torch.equal(logits(built(config)), logits(built(again)))
