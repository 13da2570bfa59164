"""Queries that grow, chunks, and norms in some layers, against Hugging Face's; and what would pass by them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.extensions import transformer_engine_spec_provider as engine
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.dot_product_attention import DotProductAttention
from torch import Tensor
from torch.nn import functional
from transformers.models.llama4.modeling_llama4 import Llama4TextL2Norm
from transformers.models.ministral3.modeling_ministral3 import get_llama_4_attn_scale

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.chunks import ChunkedAttention
from mcore_mappers_runtime.layers.core_attention import OwnCoreAttention
from mcore_mappers_runtime.layers.temperature import GrowingQueries
from tests.layers.models import (
    CHUNKED,
    CHUNKS,
    GROWTH,
    L2_NORM,
    LATENT_QUERIES,
    SOME_NORMS,
    built,
    gpt,
    packed,
)
from tests.layers.test_soft_caps import states
from tests.layers.test_specs import specs, with_engine
from tests.numerics.emulation import emulated

MINISTRAL = Layers(query_temperature_scale=0.7, query_temperature_length=3.0)


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def attention(layers: Layers, layer: int = 0, **changes: Any) -> Any:
    return built(gpt(layers, **changes)).decoder.layers[layer].self_attention.core_attention


def qkv(length: int) -> tuple[Tensor, Tensor, Tensor]:
    return states(4, length, 1), states(2, length, 2), states(2, length, 3)


def attended(query: Tensor, key: Tensor, value: Tensor, hidden: Tensor) -> Tensor:
    """Attention of scores over four, [s, b, heads * channels], where True is hidden."""
    q, k, v = (each.permute(1, 2, 0, 3) for each in (query, key, value))
    found = functional.scaled_dot_product_attention(q, k, v, ~hidden, enable_gqa=True)
    return found.permute(2, 0, 1, 3).flatten(2)


def causal(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool).triu(1)


# --- Queries that grow ------------------------------------------------------------------------------------------------


def test_queries_grow_as_those_of_ministral() -> None:
    query, key, value = qkv(14)
    scale = get_llama_4_attn_scale(torch.arange(14)[None], 0.7, 3).view(14, 1, 1, 1)
    expected = attended(query * scale, key, value, causal(14))
    torch.testing.assert_close(attention(MINISTRAL)(query, key, value, None), expected)
    half = attention(MINISTRAL)(*(each.bfloat16() for each in (query, key, value)), None)
    assert half.dtype == torch.bfloat16
    assert (expected - attended(query, key, value, causal(14))).abs().max() > 0.1


def test_queries_grow_as_those_of_llama_in_its_layers_alone() -> None:
    query, key, value = qkv(14)
    # `attn_scales` of Llama4TextAttention.forward.
    scale = torch.log1p(torch.floor((torch.arange(14) + 1.0) / 3.0)) * 0.7 + 1.0
    layers = Layers(**GROWTH)
    expected = attended(query * scale.view(14, 1, 1, 1), key, value, causal(14))
    torch.testing.assert_close(attention(layers, 1)(query, key, value, None), expected)
    torch.testing.assert_close(attention(layers, 0)(query, key, value, None), attended(query, key, value, causal(14)))


def test_queries_of_a_cache_are_behind_its_keys() -> None:
    query, key, value = qkv(14)
    core = attention(MINISTRAL)
    whole = core(query, key, value, None)
    torch.testing.assert_close(core(query[-1:], key, value, None), whole[-1:])


def test_queries_of_latent_attention_grow() -> None:
    """As those of Mistral 4, whose values are of another width than its keys; and in some layers alone."""
    query, key = (torch.cat((states(4, 14, seed), states(4, 14, seed + 3)[..., :8]), -1) for seed in (1, 2))
    value = states(4, 14, 3)
    fields = {**LATENT_QUERIES, "v_head_dim": 16}
    scale = get_llama_4_attn_scale(torch.arange(14)[None], 0.7, 3).view(14, 1, 1, 1)
    expected = attended(query * scale, key, value, causal(14))
    torch.testing.assert_close(attention(MINISTRAL, **fields)(query, key, value, None), expected)
    freq = replace(MINISTRAL, query_temperature_freq=(0, 1, 1))
    torch.testing.assert_close(attention(freq, 1, **fields)(query, key, value, None), expected)
    plain = attention(freq, 0, **fields)(query, key, value, None)
    torch.testing.assert_close(plain, attended(query, key, value, causal(14)))
    assert (expected - plain).abs().max() > 0.1


# --- Chunks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [3, 5, 10, 14])
@pytest.mark.parametrize("masked", [False, True])
def test_a_token_attends_to_its_own_chunk(length: int, masked: bool) -> None:
    query, key, value = qkv(length)
    chunk = torch.arange(length) // 5
    expected = attended(query, key, value, causal(length) | (chunk[:, None] != chunk))
    mask = causal(length).expand(1, 1, -1, -1) if masked else None
    layers = Layers(**CHUNKS)
    torch.testing.assert_close(attention(layers, 0)(query, key, value, mask), expected)
    everything = attention(layers, 2)(query, key, value, mask)
    torch.testing.assert_close(everything, attended(query, key, value, causal(length)))
    assert length <= 5 or (everything - expected).abs().max() > 0.1


def test_a_mask_hides_within_chunks_too() -> None:
    query, key, value = qkv(14)
    chunk = torch.arange(14) // 5
    mask = causal(14) | torch.zeros(2, 1, 14, 14, dtype=torch.bool)
    mask[1, :, 7:, 6] = True
    expected = attended(query, key, value, mask | (chunk[:, None] != chunk))
    torch.testing.assert_close(attention(Layers(**CHUNKS))(query, key, value, mask), expected)


def test_chunks_have_no_cache() -> None:
    query, key, value = qkv(14)
    with pytest.raises(ValueError, match="no cache of keys"):
        attention(Layers(**CHUNKS))(query[-1:], key, value, None)


@pytest.mark.parametrize("length", [3, 5])
def test_a_cache_of_one_chunk_is_attended_to(length: int) -> None:
    query, key, value = qkv(length)
    seen = torch.zeros(1, 1, 1, length, dtype=torch.bool)
    found = attention(Layers(**CHUNKS))(query[-1:], key, value, seen)
    torch.testing.assert_close(found, attended(query, key, value, causal(length))[-1:])


@pytest.mark.parametrize(("padded", "cut"), [((), [0, 5, 7, 12]), ((8, 8), [0, 5, 8, 13, 16])])
def test_packed_sequences_are_cut_for_queries_and_for_keys(padded: tuple[int, ...], cut: list[int]) -> None:
    """Transformer Engine reads all of these."""
    query, key, value = (each[:, 0] for each in qkv(cut[-1]))
    with patch.object(DotProductAttention, "forward") as forward:
        attention(Layers(**CHUNKS))(query, key, value, None, packed_seq_params=packed(7, 5, padded=padded))
    found = vars(forward.call_args.kwargs["packed_seq_params"])
    assert found["cu_seqlens_q"].tolist() == found["cu_seqlens_kv"].tolist() == cut
    assert found["cu_seqlens_q"].dtype == torch.int32
    assert found["cu_seqlens_q_padded"] is found["cu_seqlens_kv_padded"] is None
    assert found["max_seqlen_q"] == found["max_seqlen_kv"] == 5


def test_sequences_side_by_side_are_not_packed() -> None:
    params: Any = PackedSeqParams
    beside = params(qkv_format="sbhd")
    with patch.object(DotProductAttention, "forward") as forward:
        attention(Layers(**CHUNKS))(*qkv(3), None, packed_seq_params=beside)
    assert forward.call_args.kwargs["packed_seq_params"] is beside


# --- Together ---------------------------------------------------------------------------------------------------------


def test_queries_grow_before_the_sequence_is_cut() -> None:
    """Whatever attention is inside, one of Transformer Engine's too."""
    made = {
        DotProductAttention: specs(CHUNKED),
        engine.TEDotProductAttention: with_engine(lambda: specs(CHUNKED, transformer_impl="transformer_engine")),
    }
    for stock, layers in made.items():
        for layer in layers:
            spec = layer.submodules.self_attention
            assert issubclass(spec.module, OwnCoreAttention)
            core = spec.submodules.core_attention.keywords
            assert core["core"] is stock
            assert core["extensions"] == (ChunkedAttention, GrowingQueries)
    assert type(attention(CHUNKED)).__mro__[1:3] == (GrowingQueries, type(attention(Layers(**CHUNKS))))


# --- Norms in some layers ---------------------------------------------------------------------------------------------


def test_some_layers_have_norms() -> None:
    layers = built(gpt(SOME_NORMS, **L2_NORM)).decoder.layers
    hidden = torch.randn(5, 2, 48, generator=torch.Generator().manual_seed(1)) * 3
    theirs: Any = Llama4TextL2Norm(0.01)
    for layer, normed in zip(layers, (True, False, True), strict=True):
        own = layer.self_attention
        query, key, _ = own.get_query_key_value_tensors(hidden)
        mixed, _ = own.linear_qkv(hidden)
        plain = mixed.view(5, 2, 2, 4, 16)
        for found, expected in ((query, plain[:, :, :, :2].flatten(2, 3)), (key, plain[:, :, :, 2])):
            torch.testing.assert_close(found, theirs(expected) if normed else expected)
        assert ((query.square().mean(-1) - 1).abs().max() < 0.1) == normed


# --- What they need ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ({"query_temperature_scale": 0.5}, "query_temperature_length=None must be above zero"),
        ({**GROWTH, "query_temperature_length": 0.0}, r"query_temperature_length=0\.0 must be above zero"),
        ({**GROWTH, "query_temperature_start": 2}, "query_temperature_start=2 must be 0 or 1"),
        ({**GROWTH, "query_temperature_freq": (0, 0, 0)}, "query_temperature_freq=.* must have 1 for some layers"),
        ({**GROWTH, "query_temperature_freq": (0, 2, 0)}, "query_temperature_freq=.* must have 1 for some layers"),
        ({**GROWTH, "query_temperature_freq": (0, 1)}, "query_temperature_freq has 2 entries, and num_layers is 3"),
        ({"query_temperature_length": 3.0}, "query_temperature_scale=None: they do not"),
        ({**CHUNKS, "attention_chunk_size": 0}, "attention_chunk_size=0 must be above zero"),
        ({"attention_chunk_freq": (0, 1, 0)}, "attention_chunk_size=None: none does"),
        ({**CHUNKS, "attention_chunk_freq": (0, 1)}, "attention_chunk_freq has 2 entries, and num_layers is 3"),
        (
            {**CHUNKS, "attention_chunk_freq": (0, 0, 0)},
            r"attention_chunk_freq=\(0, 0, 0\) must have 1 for some layers",
        ),
        ({"qk_l2_norm_freq": (0, 0, 0)}, r"qk_l2_norm_freq=\(0, 0, 0\) must have 1 for some layers"),
        ({"qk_l2_norm_freq": (0, 1, 0)}, "qk_l2_norm_freq needs qk_l2_norm=True, not False"),
        ({"qk_l2_norm_freq": (0, 1)}, "qk_l2_norm_freq has 2 entries, and num_layers is 3"),
    ],
)
def test_fields_need_each_other(layers: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        gpt(Layers(**layers))


def test_latent_attention_has_no_norms_in_some_layers() -> None:
    with pytest.raises(ValueError, match="qk_l2_norm_freq needs multi_latent_attention=False, not True"):
        gpt(Layers(qk_l2_norm_freq=(0, 1, 0)), **LATENT_QUERIES)


def test_a_token_may_attend_to_itself_alone() -> None:
    query, key, value = qkv(4)
    mask = ~torch.eye(4, dtype=torch.bool)
    found = attention(Layers(attention_chunk_size=1))(query, key, value, None)
    torch.testing.assert_close(found, attended(query, key, value, mask))


@pytest.mark.parametrize("layers", [Layers(**GROWTH), Layers(**CHUNKS)], ids=str)
def test_what_would_pass_by_them_is_refused(layers: Layers) -> None:
    (name,) = {each for each in layers.present() if each.endswith(("_scale", "_size"))}
    for field, value in (("context_parallel_size", 2), ("flash_decode", True)):
        config = gpt(layers)
        setattr(config.transformer, field, value)
        with pytest.raises(ValueError, match=f"{name}=.* needs {field}="):
            built(config)
    wanted = "multi_latent_attention=False" if layers.attention_chunk_size else "cache_mla_latents=False"
    with pytest.raises(ValueError, match=f"{name}=.* needs {wanted}, not True"):
        gpt(layers, **LATENT_QUERIES, cache_mla_latents=True)
