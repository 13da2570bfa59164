"""Values of another width and scale: against the equations, and against Megatron's model with zeros in the rest."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from megatron.core.extensions import transformer_engine_spec_provider as engine
from megatron.core.transformer.dot_product_attention import DotProductAttention
from megatron.training.models.base import ModelConfig
from torch import Tensor

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.chunks import ChunkedAttention
from mcore_mappers_runtime.layers.own_values import CoreOfNarrowValues
from tests.layers.models import (
    AFTER_ROPE,
    BIASED_OUTPUT,
    CAPPED,
    CHUNKED,
    FLASH,
    LATENT,
    ONLY_AFTER,
    OWN_VALUES,
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
from tests.layers.test_core_attention import attended, causal, qkv
from tests.layers.test_specs import specs, with_engine
from tests.numerics.emulation import emulated

NARROW = 6
VALUES = Layers(v_channels=NARROW)
SCALED = Layers(attention_value_scale=0.7)


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def widened(name: str, weight: Tensor, groups: int) -> Tensor:
    """What a model with values as wide as keys computes the same with: zeros where there are no channels."""
    if "linear_qkv." in name:
        of_groups = weight.unflatten(0, (groups, -1))
        more = of_groups.new_zeros(groups, 16 - NARROW, *weight.shape[1:])
        return torch.cat((of_groups, more), dim=1).flatten(0, 1)
    if "linear_proj.weight" in name:
        of_heads = weight.unflatten(1, (4, NARROW))
        return torch.nn.functional.pad(of_heads, (0, 16 - NARROW)).flatten(1)
    return weight


@pytest.mark.parametrize(
    ("others", "fields"),
    [
        (Layers(), {}),
        (Layers(), {"qk_layernorm": False, "add_qkv_bias": True}),
        (Layers(), {"num_query_groups": 1}),
        (Layers(), {**SINKS, **WINDOW}),
        (ONLY_AFTER, {}),
        (AFTER_ROPE, {}),
        (BIASED_OUTPUT, {"add_qkv_bias": True}),
        (CAPPED, WINDOW),
        (CHUNKED, {}),
    ],
    ids=str,
)
def test_the_rest_of_the_channels_is_zero(others: Layers, fields: Mapping[str, Any]) -> None:
    model = shaken(built(gpt(replace(others, v_channels=NARROW), **fields)))
    wide = built(gpt(others, **fields))
    groups = model.config.num_query_groups
    wide.load_state_dict(
        {name: each if each is None else widened(name, each, groups) for name, each in model.state_dict().items()}
    )
    torch.testing.assert_close(logits(model), logits(wide), **ROUNDING)
    assert model.decoder.layers[0].self_attention.linear_qkv.weight.shape == (4 * 16 + groups * (16 + NARROW), 48)
    assert model.decoder.layers[0].self_attention.linear_proj.weight.shape == (48, 4 * NARROW)


def test_a_hybrid_model_has_them_too() -> None:
    model, wide = shaken(built(hybrid(VALUES))), built(hybrid(Layers()))
    wide.load_state_dict(
        {name: each if each is None else widened(name, each, 2) for name, each in model.state_dict().items()}
    )
    torch.testing.assert_close(logits(model), logits(wide), **ROUNDING)


def test_queries_keys_and_values_are_those_of_their_group() -> None:
    attention = shaken(built(gpt(OWN_VALUES))).decoder.layers[1].self_attention
    states = torch.randn(5, 2, 48, generator=torch.Generator().manual_seed(4))
    query, key, value = attention.get_query_key_value_tensors(states)
    of_groups = (states @ attention.linear_qkv.weight.T).view(5, 2, 2, 2 * 16 + 16 + NARROW)
    norms = (attention.q_layernorm.weight, attention.k_layernorm.weight)
    normed = partial(torch.nn.functional.rms_norm, normalized_shape=(16,), eps=0.01)
    torch.testing.assert_close(query, normed(of_groups[..., :32].reshape(5, 2, 4, 16), weight=norms[0]))
    torch.testing.assert_close(key, normed(of_groups[..., 32:48], weight=norms[1]))
    torch.testing.assert_close(value, 0.7 * of_groups[..., 48:])


@pytest.mark.parametrize("fields", [{}, {"attention_output_gate": True}])
def test_values_are_scaled_and_nothing_else_is(fields: Mapping[str, Any]) -> None:
    """As if the output projection were."""
    scaled, plain = shaken(built(gpt(SCALED, **fields))), built(gpt(Layers(), **fields))
    weights = scaled.state_dict()
    plain.load_state_dict(
        {name: each if "linear_proj.weight" not in name else 0.7 * each for name, each in weights.items()}
    )
    torch.testing.assert_close(logits(scaled), logits(plain), **ROUNDING)
    plain.load_state_dict(weights)
    assert (logits(scaled) - logits(plain)).abs().max() > 0.1


def test_core_attention_gives_as_many_channels_as_values_have() -> None:
    query, key, value = qkv(9)
    core = built(gpt(VALUES)).decoder.layers[0].self_attention.core_attention
    expected = attended(query, key, value[..., :NARROW], causal(9))
    torch.testing.assert_close(core(query, key, value[..., :NARROW], None), expected)


def test_whatever_attention_is_inside_gets_wide_values() -> None:
    made = {
        DotProductAttention: specs(replace(CHUNKED, v_channels=NARROW)),
        engine.TEDotProductAttention: with_engine(
            lambda: specs(replace(CHUNKED, v_channels=NARROW), transformer_impl="transformer_engine")
        ),
    }
    for stock, layers in made.items():
        for layer in layers:
            core = layer.submodules.self_attention.submodules.core_attention.keywords
            assert core["core"] is stock
            assert core["extensions"][:2] == (CoreOfNarrowValues, ChunkedAttention)


@torch.no_grad()
def test_a_cache_has_values_as_narrow_as_they_are() -> None:
    attention = shaken(built(gpt(OWN_VALUES))).decoder.layers[1].self_attention.eval()
    context = cached(attention)
    assert [each.shape for each in context.key_value_memory_dict[2]] == [(8, 2, 2, 16), (8, 2, 2, NARROW)]


def test_a_cache_in_blocks_is_refused() -> None:
    dynamic = Mock(is_static_batching=lambda: False)
    attention = built(gpt(VALUES)).decoder.layers[0].self_attention
    with pytest.raises(NotImplementedError, match="v_channels: the cache of an engine with dynamic batches"):
        attention._adjust_key_value_for_inference(dynamic, *(torch.zeros(1, 2, 2, 16) for _ in range(3)), None)
    given = [torch.zeros(1, 2, 2, 16) for _ in range(3)]
    assert attention._adjust_key_value_for_inference(None, *given, None)[:3] == tuple(given)


REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "wide": (Layers(v_channels=16), {}, "v_channels=16 must be above zero and below kv_channels=16: leave it out"),
    "none": (Layers(v_channels=0), {}, "v_channels=0 must be above zero and below kv_channels=16"),
    "ranks": (
        VALUES,
        {"tensor_model_parallel_size": 4},
        "tensor_model_parallel_size=4 must divide num_query_groups=2",
    ),
    "ranks_of_layers": (
        FLASH,
        {**SINKS, "tensor_model_parallel_size": 4},
        r"num_query_groups_by_layer=\(2, 4, 2\): tensor_model_parallel_size=4 must divide 2",
    ),
    "latent": (VALUES, LATENT, "v_channels=6 needs multi_latent_attention=False, not True"),
    "gate": (VALUES, {"attention_output_gate": True}, "v_channels=6 needs attention_output_gate=False, not True"),
    "flash_decode": (VALUES, {"flash_decode": True}, "v_channels=6 needs flash_decode=False, not True"),
    "clip": (VALUES, {"qk_clip": True}, "v_channels=6 needs qk_clip=False, not True"),
    "test": (VALUES, {"test_mode": True}, "v_channels=6 needs test_mode=False, not True"),
    "fused": (VALUES, {"fused_single_qkv_rope": True}, "v_channels=6 needs fused_single_qkv_rope=False, not True"),
    "scaled_fused": (
        SCALED,
        {"fused_single_qkv_rope": True},
        r"attention_value_scale=0\.7 needs fused_single_qkv_rope=False, not True",
    ),
    "scaled_latent": (SCALED, LATENT, r"attention_value_scale=0\.7 needs multi_latent_attention=False, not True"),
}


def test_what_goes_with_them_is_not_refused() -> None:
    gpt(Layers(v_channels=1))
    # No layer has as many groups as the model says.
    gpt(
        Layers(v_channels=NARROW, num_query_groups_by_layer=(2, 4, 2)), num_query_groups=1, tensor_model_parallel_size=2
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_them_is_refused(name: str) -> None:
    layers, changes, told = REFUSED[name]
    with pytest.raises(ValueError, match=told):
        gpt(layers, **changes)


def test_megatrons_own_round_trip_keeps_them() -> None:
    config = gpt(FLASH, **SINKS)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.layers == FLASH
    assert torch.equal(logits(built(config)), logits(built(again)))
