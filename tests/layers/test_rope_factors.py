"""LongRoPE: which factors hold for which texts, and where that cannot be known."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Generator, Mapping
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.models.common.embeddings.rotary_pos_embedding import RotaryEmbedding
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.attention import SelfAttention
from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.base import ModelConfig
from torch import Tensor

from mcore_mappers.layers import LayeredGPTModelConfig, Layers
from tests.layers.models import INNER, LATENT, LENGTH, LONG_ROPE, OUTER, built, gpt, hybrid, logits, shaken, tokens
from tests.numerics.emulation import emulated

LAYERS = Layers(**LONG_ROPE)


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def like(config: Any, of: Any, ids: Tensor | None = None) -> Tensor:
    """The logits of a model of a config, with the weights of another model."""
    model = built(config)
    model.load_state_dict(of.state_dict())
    return logits(model, ids)


@pytest.mark.parametrize("make", [gpt, hybrid])
def test_one_factor_for_all_is_a_linear_rope(make: Any) -> None:
    model = shaken(built(make(Layers(), {"seq_len_interpolation_factor": 4.0})))
    same = dataclasses.replace(LAYERS, rope_long_factor=(4.0,) * 8, rope_attention_factor=1.0)
    torch.testing.assert_close(like(make(same), model), logits(model))
    assert not torch.allclose(like(make(LAYERS), model), logits(model))


@pytest.mark.parametrize("interleaved", [False, True])
def test_the_longest_text_of_a_batch_chooses_the_factors(interleaved: bool) -> None:
    changes: dict[str, Any] = {"rotary_interleaved": interleaved}
    model = shaken(built(gpt(LAYERS, **changes)))
    short = dataclasses.replace(LAYERS, rope_long_factor=LAYERS.rope_short_factor)
    long = dataclasses.replace(LAYERS, rope_short_factor=LAYERS.rope_long_factor)
    for ids, alike, other in ((tokens(), long, short), (tokens()[:, : LENGTH - 1], short, long)):
        assert torch.equal(like(gpt(alike, **changes), model, ids), logits(model, ids))
        assert not torch.allclose(like(gpt(other, **changes), model, ids), logits(model, ids))


@pytest.mark.parametrize("interleaved", [False, True])
def test_both_channels_of_a_pair_have_its_factor(interleaved: bool) -> None:
    attention = built(gpt(LAYERS, rotary_interleaved=interleaved)).decoder.layers[0].self_attention
    rope = RotaryEmbedding(16, 1.0, interleaved, use_cpu_initialization=True)
    with patch.object(SelfAttention, "forward", lambda self, **keywords: keywords["rotary_pos_emb"]):
        found = attention(rotary_pos_emb=rope.get_emb(LENGTH))
    pairs = found.view(LENGTH, 8, 2) if interleaved else found.view(LENGTH, 2, 8).transpose(1, 2)
    expected = rope.get_freqs_non_repeated(LENGTH) / torch.tensor(LAYERS.rope_long_factor)
    torch.testing.assert_close(pairs, expected.unsqueeze(-1).expand(-1, -1, 2))


@pytest.mark.parametrize("multiplier", [2.0, 0.5])
def test_channels_that_are_not_rotated_are_not_multiplied(multiplier: float) -> None:
    """With half of a head rotated there are half as many factors."""
    half: dict[str, Any] = {
        "rope_short_factor": (1.0,) * 4,
        "rope_long_factor": (1.0,) * 4,
        "rope_original_max_position_embeddings": 8,
    }
    outer = {"rotary_percent": 0.5}
    model = shaken(built(gpt(Layers(), outer)))
    torch.testing.assert_close(like(gpt(Layers(**half), outer), model), logits(model))
    attention = built(gpt(Layers(**half, rope_attention_factor=multiplier), outer)).decoder.layers[0].self_attention
    plain = built(gpt(Layers(), outer)).decoder.layers[0].self_attention
    states = torch.randn(5, 2, 48, generator=torch.Generator().manual_seed(1))
    found, expected = (each.get_query_key_value_tensors(states) for each in (attention, plain))
    for ours, theirs, factor in zip(found, expected, (multiplier, multiplier, 1.0), strict=True):
        torch.testing.assert_close(ours[..., :8], theirs[..., :8] * factor)
        torch.testing.assert_close(ours[..., 8:], theirs[..., 8:])


def attend(length: int, **keywords: Any) -> None:
    attention = built(gpt(LAYERS)).decoder.layers[0].self_attention
    attention(torch.zeros(length, 1, 48), None, rotary_pos_emb=torch.zeros(length, 1, 1, 16), **keywords)


def packed(*ends: int) -> PackedSeqParams:
    starts = torch.tensor([0, *ends], dtype=torch.int32)
    longest = int(starts.diff().max())
    return PackedSeqParams(
        qkv_format="thd", cu_seqlens_q=starts, cu_seqlens_kv=starts, max_seqlen_q=longest, max_seqlen_kv=longest
    )


def test_packed_sequences_beyond_the_original_length_are_refused() -> None:
    """Whichever of them is longer, the others would have its factors."""
    with pytest.raises(ValueError, match="with packed_seq_params for up to 12 tokens it is not known which texts"):
        attend(LENGTH, packed_seq_params=packed(12, 15))
    with pytest.raises(ValueError, match="with inference_context for up to 12 tokens"):
        attend(LENGTH, inference_context=object())
    with pytest.raises(ValueError, match="with inference_params for up to 12 tokens"):
        attend(LENGTH, inference_params=object())
    # Megatron's local core attention packs nothing: it is reached.
    with pytest.raises(AssertionError, match=r"[Pp]acked"):
        attend(LENGTH - 1, packed_seq_params=packed(6, 11))


def test_factors_are_where_the_angles_are() -> None:
    attention = built(gpt(LAYERS)).decoder.layers[0].self_attention
    for device in ("cpu", "meta"):
        assert attention._factors(5, torch.device(device)).device.type == device


def test_without_angles_of_the_model_there_are_none() -> None:
    with pytest.raises(ValueError, match="the model hands over no angles"):
        logits(built(gpt(LAYERS, {"position_embedding_type": "none"})))


def changed(**changes: Any) -> Layers:
    return dataclasses.replace(LAYERS, **changes)


REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "one_alone": (Layers(rope_short_factor=(1.0,) * 8), {}, "go together"),
    "attention_alone": (Layers(rope_attention_factor=1.3), {}, "go together"),
    "not_as_many": (changed(rope_long_factor=(1.0,) * 7), {}, "rope_short_factor has 8 factors and rope_long_factor 7"),
    "too_many": (changed(rope_long_factor=(1.0,) * 9, rope_short_factor=(1.0,) * 9), {}, "at most the 8 pairs"),
    "zero": (changed(rope_long_factor=(0.0,) * 8), {}, "must be numbers above zero"),
    "no_length": (changed(rope_original_max_position_embeddings=0), {}, "must be numbers above zero"),
    "endless": (changed(rope_long_factor=(float("inf"),) * 8), {}, "must be numbers above zero"),
    "no_factors": (changed(rope_long_factor=(), rope_short_factor=()), {}, "rope_short_factor has 0 factors"),
    "no_short": (changed(rope_short_factor=None), {}, "go together"),
    "no_long": (changed(rope_long_factor=None), {}, "go together"),
    "no_original": (changed(rope_original_max_position_embeddings=None), {}, "go together"),
    "own_ropes": (changed(rotary_base_by_layer=(500.0, None, None)), {}, "needs rotary_base_by_layer=None"),
    "latent": (LAYERS, LATENT, "rope_short_factor in latent attention needs rope_long_factor=.*, not"),
    "context": (LAYERS, {"context_parallel_size": 2}, "rope_short_factor needs context_parallel_size=1, not 2"),
}


def test_heads_without_latents_have_the_pairs_of_their_width() -> None:
    """Also where the config is of the class for latent attention, which has another width for what is rotated."""
    layers = changed(rope_long_factor=(1.0,) * 9, rope_short_factor=(1.0,) * 9)
    with pytest.raises(ValueError, match="at most the 8 pairs of a head"):
        LayeredGPTModelConfig(
            transformer=MLATransformerConfig(**INNER, multi_latent_attention=False), layers=layers, **OUTER
        )


def test_one_pair_of_a_head_can_be_rotated() -> None:
    gpt(changed(rope_long_factor=(2.0,), rope_short_factor=(1.0,)))


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_with_longrope_is_refused(name: str) -> None:
    layers, changes, told = REFUSED[name]
    with pytest.raises(ValueError, match=told):
        gpt(layers, **changes)


def test_a_kernel_that_keeps_queries_for_itself_is_refused() -> None:
    config = gpt(LAYERS)
    config.transformer.fused_single_qkv_rope = True
    with pytest.raises(ValueError, match="needs fused_single_qkv_rope=False"):
        built(config)


def test_megatrons_own_round_trip_keeps_the_factors() -> None:
    config = gpt(LAYERS)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.layers == LAYERS
    assert torch.equal(logits(built(config)), logits(built(again)))


def test_factors_stay_in_float32() -> None:
    attention = built(gpt(LAYERS)).bfloat16().decoder.layers[0].self_attention
    assert attention.long_factor.dtype == attention.short_factor.dtype == torch.float32
    assert not any("factor" in name for name in attention.state_dict())


def test_factors_are_numbers_where_a_model_is_made_without_memory() -> None:
    """On the meta device, as Megatron has it with `init_model_with_meta_device`."""
    with torch.device("meta"):
        attention = built(gpt(LAYERS)).decoder.layers[0].self_attention
    assert attention.linear_proj.weight.is_meta
    for held, factors in (
        (attention.short_factor, LAYERS.rope_short_factor),
        (attention.long_factor, LAYERS.rope_long_factor),
    ):
        torch.testing.assert_close(held, torch.tensor(factors))
