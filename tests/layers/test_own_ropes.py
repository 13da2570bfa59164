"""Layers with a rope of their own: each against Megatron's model whose rope that is."""

from __future__ import annotations

import copy
import math
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

import pytest
import torch
from megatron.core.models.common.embeddings.rotary_pos_embedding import RotaryEmbedding
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.training.models.base import ModelConfig
from torch import Tensor

from mcore_mappers.layers import LayeredGPTModelConfig, Layers
from mcore_mappers_runtime.layers.own_ropes import plain_angles
from mcore_mappers_runtime.rope import YarnAttributes
from mcore_mappers_runtime.yarn import with_yarn
from tests.layers.models import LATENT, OUTER, OWN_ROPES, built, gpt, hybrid, inner, logits, shaken
from tests.numerics.emulation import emulated


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def own(*bases: float | None) -> Layers:
    return Layers(rotary_base_by_layer=bases)


def part(*percents: float | None) -> Layers:
    return Layers(rotary_base_by_layer=(500.0, 500.0, 500.0), rotary_percent_by_layer=percents)


def like(config: Any, of: Any) -> Tensor:
    """The logits of a model of a config, with the weights of another model."""
    model = built(config)
    model.load_state_dict(of.state_dict())
    return logits(model)


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("percent", [1.0, 0.5])
def test_angles_are_those_of_megatrons_rope(interleaved: bool, percent: float) -> None:
    ropes = (
        RotaryEmbedding(16, percent, interleaved, rotary_base=base, use_cpu_initialization=True)
        for base in (10000, 500)
    )
    given, expected = (rope.get_emb(7) for rope in ropes)
    assert torch.equal(plain_angles(given, 500.0, interleaved, given.shape[-1]), expected)


@pytest.mark.parametrize("outer", [{}, {"rotary_percent": 0.5}, {"seq_len_interpolation_factor": 8.0}], ids=str)
@pytest.mark.parametrize("changes", [{}, {"rotary_interleaved": True}], ids=str)
def test_a_layer_rotates_by_its_own_rope(outer: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """With one base for all layers it is the model that has that base."""
    base = {"rotary_base": 500.0, **outer, "seq_len_interpolation_factor": None}
    model = shaken(built(gpt(Layers(), base, **changes)))
    assert torch.equal(like(gpt(own(500.0, 500.0, 500.0), outer, **changes), model), logits(model))
    # The layer in the middle has the model's.
    mixed = like(gpt(own(500.0, None, 500.0), outer, **changes), model)
    assert not torch.allclose(mixed, logits(model))
    own_base_too = like(gpt(own(500.0, 10000.0, 500.0), outer, **changes), model)
    assert torch.equal(own_base_too, mixed) == ("seq_len_interpolation_factor" not in outer)


@pytest.mark.parametrize("outer", [{}, {"rotary_percent": 0.25}], ids=str)
def test_a_layer_rotates_a_part_of_its_own(outer: Mapping[str, Any]) -> None:
    """Whatever the model's rope rotates: with one part for all layers it is the model that rotates that."""
    model = shaken(built(gpt(Layers(), {"rotary_base": 500.0, "rotary_percent": 0.5})))
    assert torch.equal(like(gpt(part(0.5, 0.5, 0.5), outer), model), logits(model))
    assert not torch.allclose(like(gpt(part(0.5, 1.0, 0.5), outer), model), logits(model))
    whole = shaken(built(gpt(Layers(), {"rotary_base": 500.0})))
    assert torch.equal(like(gpt(part(1.0, None, 1.0)), whole), logits(whole))


def test_yarn_is_of_the_models_rope() -> None:
    """And so is its factor of cosines and sines."""
    stretched = with_yarn(inner(), YarnAttributes(4.0, 8, 32.0, 1.0, None, None, True))
    fields: dict[str, Any] = {**OUTER, "position_embedding_type": "yarn"}
    model = shaken(built(gpt(Layers(), {"rotary_base": 500.0})))
    yarn = LayeredGPTModelConfig(transformer=stretched, layers=own(500.0, 500.0, 500.0), **fields)
    assert torch.equal(like(yarn, model), logits(model))
    yarn = LayeredGPTModelConfig(transformer=copy.copy(stretched), layers=own(500.0, None, 500.0), **fields)
    assert not torch.allclose(like(yarn, model), logits(model))


def test_a_hybrid_model_has_an_entry_for_each_symbol() -> None:
    make = partial(hybrid, outer={"hybrid_layer_pattern": "*-*-", "rotary_base": 500.0})
    model = shaken(built(make(Layers())))
    other = partial(hybrid, outer={"hybrid_layer_pattern": "*-*-"})
    assert torch.equal(like(other(own(500.0, None, 500.0, None)), model), logits(model))
    assert not torch.allclose(like(other(own(None, 500.0, None, 500.0)), model), logits(model))


def rotated(layers: Layers, states: Tensor, rope: Tensor, packed: PackedSeqParams | None) -> list[Tensor]:
    """Queries and keys, as the attention of the first layer hands them to its core: [tokens, heads, channels]."""
    attention = built(gpt(layers)).decoder.layers[0].self_attention
    seen: list[Tensor] = []

    class Core(torch.nn.Module):
        def forward(self, query: Tensor, key: Tensor, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
            seen.extend(each.flatten(0, -3) for each in (query, key))
            return query.flatten(-2)

    attention.core_attention = Core()
    attention(states, None, rotary_pos_emb=rope, packed_seq_params=packed)
    return seen


def test_packed_sequences_are_rotated_as_alone() -> None:
    lengths = (5, 3, 7)
    rope = RotaryEmbedding(16, 1.0, use_cpu_initialization=True).get_emb(max(lengths))
    states = torch.randn(sum(lengths), 1, 48, generator=torch.Generator().manual_seed(1))
    ends = torch.tensor([0, 5, 8, 15], dtype=torch.int32)
    packed = PackedSeqParams(qkv_format="thd", cu_seqlens_q=ends, cu_seqlens_kv=ends, max_seqlen_q=7, max_seqlen_kv=7)
    together = rotated(own(500.0, None, None), states, rope, packed)
    alone = [rotated(own(500.0, None, None), each, rope[: len(each)], None) for each in states.split(lengths)]
    for whole, parts in zip(together, zip(*alone, strict=True), strict=True):
        torch.testing.assert_close(whole, torch.cat(parts))
    assert not torch.allclose(together[0], rotated(own(90.0, None, None), states, rope, packed)[0])


def test_without_angles_of_the_model_there_are_none() -> None:
    model = built(gpt(own(None, 500.0, None), {"position_embedding_type": "none"}))
    with pytest.raises(ValueError, match="layer 2 has a rope of its own, and gets no angles"):
        logits(model)


REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "none": (own(None, None, None), {}, "has a base for no layer: leave it out"),
    "zero": (own(0.0, 0.0, None), {}, r"has 0\.0, and a base must be a number above zero"),
    "infinite": (own(math.inf, 500.0, None), {}, "has inf, and a base must be a number above zero"),
    "latent": (own(500.0, None, None), LATENT, "rotary_base_by_layer needs multi_latent_attention=False, not True"),
    "sections": (own(500.0, None, None), {"mrope_section": [2, 3, 3]}, "needs mrope_section=None"),
    "flash_decode": (own(500.0, None, None), {"flash_decode": True}, "needs flash_decode=False, not True"),
    "context": (own(500.0, None, None), {"context_parallel_size": 2}, "needs context_parallel_size=1, not 2"),
    "dynamic_context": (
        own(500.0, None, None),
        {"hybrid_context_parallel": True, "max_seqlen_per_dp_cp_rank": 64},
        "needs hybrid_context_parallel=False, not True",
    ),
    "no_part": (part(None, None, None), {}, "rotary_percent_by_layer has a part for no layer: leave it out"),
    "odd_part": (part(0.45, None, None), {}, r"has 0\.45, and of kv_channels=16 that must be an even number"),
    "part_of_nothing": (part(0.0, None, None), {}, r"has 0\.0, and of kv_channels=16 that must be an even number"),
    "part_of_too_little": (part(0.05, None, None), {}, r"has 0\.05, and of kv_channels=16 that must be an even number"),
    "no_number": (part(math.nan, None, None), {}, "has nan, and of kv_channels=16 that must be an even number"),
    "parts_too_few": (part(0.5, None), {}, "rotary_percent_by_layer has 2 entries, and num_layers is 3"),
    "more_than_all": (part(1.5, None, None), {}, r"has 1\.5, and of kv_channels=16 that must be an even number"),
    "more_than_all_of_an_odd_head": (part(1.1, None, None), {"kv_channels": 15}, r"has 1\.1, and of kv_channels=15"),
    "part_without_a_base": (
        Layers(rotary_base_by_layer=(500.0, None, None), rotary_percent_by_layer=(None, 0.5, None)),
        {},
        "has a part for a layer that has no base in rotary_base_by_layer",
    ),
    "part_without_bases": (
        Layers(rotary_percent_by_layer=(None, 0.5, None)),
        {},
        "rotary_percent_by_layer needs rotary_base_by_layer",
    ),
    "too_few": (own(500.0, None), {}, "rotary_base_by_layer has 2 entries, and num_layers is 3"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_a_rope_of_a_layer_is_refused(name: str) -> None:
    layers, changes, told = REFUSED[name]
    with pytest.raises(ValueError, match=told):
        gpt(layers, **changes)
    if layers == REFUSED["latent"][0]:
        gpt(Layers(residual_multiplier=2.0), **changes)


def test_a_base_below_one_is_not_refused() -> None:
    gpt(own(0.5, 500.0, None))


def test_megatrons_own_round_trip_keeps_the_bases() -> None:
    config = gpt(OWN_ROPES)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.layers == OWN_ROPES
    assert torch.equal(logits(built(config)), logits(built(again)))
