"""Layers with query groups and sinks of their own: each against Megatron's model in which all layers have these."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any
from unittest.mock import Mock, patch

import pytest
import torch
from megatron.core.transformer.attention import SelfAttention
from megatron.training.models.base import ModelConfig
from torch import Tensor

from mcore_mappers.layers import Layers
from tests.layers.models import LATENT, OWN_HEADS, SINKS, built, cached, gpt, hybrid, logits, shaken
from tests.numerics.emulation import emulated
from tests.numerics.parts import pieces


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def groups(*numbers: int) -> Layers:
    return Layers(num_query_groups_by_layer=numbers)


def heads(*numbers: int) -> Layers:
    return Layers(num_attention_heads_by_layer=numbers)


def attended(model: Any, layer: int) -> Tensor:
    """What the attention of a layer gives for the same hidden states: [s, b, hidden]."""
    states = torch.randn(7, 2, 48, generator=torch.Generator().manual_seed(5))
    hidden = torch.ones(1, 1, 7, 7, dtype=torch.bool).triu(1)
    output, _ = model.decoder.layers[layer].self_attention(states, hidden, rotary_pos_emb=model.rotary_pos_emb(7))
    return output


def taken(model: Any, layer: int, other: Any) -> Tensor:
    """The same of another model, with the weights of this one's layer."""
    weights = model.decoder.layers[layer].self_attention.state_dict()
    other.decoder.layers[layer].self_attention.load_state_dict(weights)
    return attended(other, layer)


def test_each_layer_is_that_of_a_model_with_its_groups_and_sinks() -> None:
    """Strictly: `load_state_dict` would not take the weights of another shape, or those of sinks that are not there."""
    model = shaken(built(gpt(OWN_HEADS, **SINKS)))
    for layer, number, changes in ((0, 2, {}), (1, 4, SINKS), (2, 2, {})):
        like = partial(gpt, Layers(), num_query_groups=number)
        assert torch.equal(attended(model, layer), taken(model, layer, built(like(**changes))))
    sinks = [name for name, _ in model.named_parameters() if name.endswith("softmax_offset")]
    assert sinks == ["decoder.layers.1.self_attention.core_attention.softmax_offset"]
    assert model.config.num_query_groups == 2
    assert model.config.softmax_type == "learnable"
    with torch.no_grad():
        before = attended(model, 1)
        model.decoder.layers[1].self_attention.core_attention.softmax_offset += 1.0
        assert (attended(model, 1) - before).abs().max() > 0.01


def test_each_layer_is_that_of_a_model_with_its_heads() -> None:
    model = shaken(built(gpt(heads(4, 6, 4))))
    for layer, number in ((0, 4), (1, 6), (2, 4)):
        like = built(gpt(Layers(), num_attention_heads=number))
        assert torch.equal(attended(model, layer), taken(model, layer, like))
    assert model.config.num_attention_heads == 4


def test_heads_and_groups_go_together() -> None:
    both = Layers(num_attention_heads_by_layer=(4, 6, 4), num_query_groups_by_layer=(2, 3, 4))
    model = shaken(built(gpt(both)))
    like = built(gpt(Layers(), num_attention_heads=6, num_query_groups=3))
    assert torch.equal(attended(model, 1), taken(model, 1, like))


def test_a_model_whose_layers_agree_is_that_with_their_number() -> None:
    stock = shaken(built(gpt(Layers(), num_query_groups=4, **SINKS)))
    model = built(gpt(Layers(num_query_groups_by_layer=(4, 4, 4), softmax_offset_freq=(1, 1, 1)), **SINKS))
    model.load_state_dict(stock.state_dict())
    assert torch.equal(logits(model), logits(stock))


def test_a_hybrid_model_has_an_entry_for_each_symbol() -> None:
    make = partial(hybrid, outer={"hybrid_layer_pattern": "*-*-"}, **SINKS)
    model = built(make(Layers(num_query_groups_by_layer=(2, 2, 4, 4), softmax_offset_freq=(0, 1, 1, 0))))
    first, second = (layer.self_attention for layer in model.decoder.layers[::2])
    assert (first.num_query_groups_per_partition, second.num_query_groups_per_partition) == (2, 4)
    assert first.core_attention.softmax_offset is None
    assert second.core_attention.softmax_offset.shape == (4,)


@pytest.mark.parametrize(
    "layers", [OWN_HEADS, groups(2, 4, 2), heads(4, 6, 4), Layers(softmax_offset_freq=(0, 1, 0))], ids=str
)
def test_checkpoints_have_each_layer_by_itself(layers: Layers) -> None:
    """Stacked, which Megatron does without a word, a tensor would have another shape in every layer, or holes."""
    model = built(gpt(layers, **SINKS))
    weights = {f"decoder.layers.{layer}.self_attention.linear_qkv.weight" for layer in range(3)}
    found = {piece.key: piece.global_shape for piece in pieces(model)}
    assert weights <= found.keys()
    assert all(found[name] == dict(model.named_parameters())[name].shape for name in weights)
    sinks = [name for name in found if name.endswith("softmax_offset")]
    first = ["decoder.layers.1.self_attention.core_attention.softmax_offset"]
    assert sinks == (
        first if layers.softmax_offset_freq else [each.replace("1", str(i)) for i in range(3) for each in first]
    )
    assert {piece.key for piece in pieces(built(gpt(Layers(), **SINKS)))} >= {
        "decoder.layers.self_attention.linear_qkv.weight"
    }


@torch.no_grad()
def test_a_cache_of_keys_has_the_groups_of_its_layer() -> None:
    attention = shaken(built(gpt(OWN_HEADS, **SINKS))).decoder.layers[1].self_attention.eval()
    context = cached(attention)
    assert [each.shape for each in context.key_value_memory_dict[2]] == [(8, 2, 4, 16)] * 2


def test_a_cache_in_blocks_is_refused() -> None:
    dynamic = Mock(is_static_batching=lambda: False)
    attend = built(gpt(groups(2, 4, 2))).decoder.layers[0].self_attention._adjust_key_value_for_inference
    with pytest.raises(NotImplementedError, match="num_query_groups_by_layer: the cache of an engine with dynamic"):
        attend(dynamic, *(torch.zeros(1, 2, 2, 16) for _ in range(3)), None)
    given = [torch.zeros(1, 2, 2, 16) for _ in range(3)]
    assert attend(None, *given, None)[:3] == tuple(given)
    # Sinks alone are those of the layer in such an engine, too.
    sinks = built(gpt(Layers(softmax_offset_freq=(0, 1, 0)), **SINKS)).decoder.layers
    with patch.object(SelfAttention, "_adjust_key_value_for_inference", return_value="stock"):
        assert sinks[0].self_attention._adjust_key_value_for_inference(dynamic) == "stock"
    assert sinks[0].self_attention._get_inference_softmax_offset() is None
    assert sinks[1].self_attention._get_inference_softmax_offset() is not None


REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "too_few": (groups(2, 4), {}, "num_query_groups_by_layer has 2 entries, and num_layers is 3"),
    "three": (groups(2, 3, 2), {}, r"num_query_groups_by_layer=\(2, 3, 2\): 3 must divide num_attention_heads=4"),
    "heads_too_few": (heads(4, 6), {}, "num_attention_heads_by_layer has 2 entries, and num_layers is 3"),
    "heads_five": (
        heads(4, 5, 4),
        {},
        r"num_attention_heads_by_layer=\(4, 5, 4\): 2 must divide num_attention_heads=5",
    ),
    "heads_none": (heads(4, 0, 4), {}, "2 must divide num_attention_heads=0"),
    "heads_the_models": (heads(4, 4, 4), {}, "says no other number than num_attention_heads does: leave it out"),
    "heads_ranks": (
        heads(4, 6, 4),
        {"tensor_model_parallel_size": 4},
        r"tensor_model_parallel_size=4 must divide 6, so that every rank has whole ones",
    ),
    "heads_latent": (heads(4, 6, 4), LATENT, "num_attention_heads_by_layer needs multi_latent_attention=False"),
    "heads_over_heads": (
        Layers(num_attention_heads_by_layer=(4, 6, 4), qk_layernorm_over_heads=True),
        {},
        "num_attention_heads_by_layer needs qk_layernorm_over_heads=False, not True",
    ),
    "heads_and_groups": (
        Layers(num_attention_heads_by_layer=(4, 6, 4), num_query_groups_by_layer=(2, 4, 2)),
        {},
        r"num_query_groups_by_layer=\(2, 4, 2\): 4 must divide num_attention_heads=6",
    ),
    "none": (groups(2, 0, 2), {}, r"num_query_groups_by_layer=\(2, 0, 2\): 0 must divide num_attention_heads=4"),
    "negative": (groups(2, -2, 2), {}, "-2 must divide num_attention_heads=4"),
    "the_models": (groups(2, 2, 2), {}, "says no other number than num_query_groups does: leave it out"),
    "ranks": (
        groups(4, 2, 2),
        {"num_query_groups": 4, "tensor_model_parallel_size": 4},
        r"num_query_groups_by_layer=\(4, 2, 2\): tensor_model_parallel_size=4 must divide 2, so that every rank",
    ),
    "latent": (groups(2, 4, 2), LATENT, "num_query_groups_by_layer needs multi_latent_attention=False, not True"),
    "over_heads": (
        Layers(num_query_groups_by_layer=(2, 4, 2), qk_layernorm_over_heads=True),
        {},
        "num_query_groups_by_layer needs qk_layernorm_over_heads=False, not True",
    ),
    "by_head": (
        Layers(num_query_groups_by_layer=(2, 4, 2), qk_layernorm_by_head=True),
        {"normalization": "LayerNorm"},
        "num_query_groups_by_layer needs qk_layernorm_by_head=False, not True",
    ),
    "sinks_of_none": (Layers(softmax_offset_freq=(0, 0, 0)), SINKS, "softmax_offset_freq=.* must have 1 for some"),
    "sinks_too_few": (Layers(softmax_offset_freq=(0, 1)), SINKS, "softmax_offset_freq has 2 entries"),
    "no_sinks": (
        Layers(softmax_offset_freq=(0, 1, 0)),
        {},
        "softmax_offset_freq needs another softmax_type than 'vanilla', which has no offset",
    ),
    "latent_sinks": (
        Layers(softmax_offset_freq=(0, 1, 0)),
        {**LATENT, **SINKS},
        "softmax_offset_freq needs multi_latent_attention=False, not True",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_them_is_refused(name: str) -> None:
    layers, changes, told = REFUSED[name]
    with pytest.raises(ValueError, match=told):
        gpt(layers, **changes)


def test_a_layer_of_one_head_is_not_refused() -> None:
    gpt(heads(4, 1, 4), num_query_groups=1)


def test_ranks_that_hold_whole_groups_are_not_refused() -> None:
    gpt(groups(4, 2, 2), num_query_groups=4, tensor_model_parallel_size=2)


def test_megatrons_own_round_trip_keeps_them() -> None:
    config = gpt(OWN_HEADS, **SINKS)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.layers == OWN_HEADS
    assert torch.equal(logits(built(config)), logits(built(again)))
