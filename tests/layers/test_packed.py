"""Packed sequences, whatever layers compute: each has the logits that it has alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.dot_product_attention import DotProductAttention
from torch import Tensor

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.core_attention import bounds_of, listed
from tests.layers.models import (
    AFTER_ROPE,
    BIASED,
    BIASED_BUT_QKV,
    BIASED_OUTPUT,
    CAPPED,
    CHUNKED,
    CLAMPED,
    EVERYWHERE,
    FLASH,
    GROUPED,
    GROWTH,
    HEAD_GATES,
    L2_NORM,
    LATENT,
    LATENT_LONG_ROPE,
    LATENT_QUERIES,
    LAYER_NORM,
    LONG_TEXTS,
    MIXED,
    NOT_NORMALISED,
    ONLY_AFTER,
    OWN_HEADS,
    OWN_PARTS,
    OWN_QUERIES,
    OWN_ROPES,
    OWN_VALUES,
    PARALLEL,
    PLAIN_QUERIES,
    ROUNDING,
    ROUTER,
    SHARED,
    SHARED_EXPERTS,
    SIGMOID,
    SINKS,
    SOME_NORMS,
    SPARSE_MIXER,
    WINDOW,
    biased,
    built,
    gpt,
    logits,
    packed,
    shaken,
    tokens,
)
from tests.numerics.emulation import emulated

CASES: Mapping[str, tuple[Layers, Mapping[str, Any]]] = {
    "two norms, at once": (PARALLEL, {}),
    "one norm, at once": (SHARED, LAYER_NORM),
    "one norm, at once, with biases": (BIASED, {**LAYER_NORM, "add_bias_linear": True}),
    "one norm, at once, in windows": (BIASED, {**LAYER_NORM, **WINDOW}),
    "norms without parameters": (
        Layers(layernorm_bias=False, layernorm_weight=False),
        {**LAYER_NORM, "qk_layernorm": False},
    ),
    "norms after": (ONLY_AFTER, {}),
    "norms around": (EVERYWHERE, {}),
    "norms after rope": (AFTER_ROPE, {}),
    "norms in some layers": (SOME_NORMS, L2_NORM),
    "a bias of the output projection": (BIASED_OUTPUT, {}),
    "biases but of queries, keys and values": (BIASED_BUT_QKV, {"add_bias_linear": True}),
    "ropes of layers": (OWN_ROPES, {}),
    "ropes by the length": (LONG_TEXTS, {}),
    "bands": (Layers(rope_scaling_low_freq_factor=2.0, rope_scaling_high_freq_factor=8.0), {}),
    "caps": (CAPPED, WINDOW),
    "chunks, and queries that grow": (CHUNKED, WINDOW),
    # With caps of scores, whose attention cuts sequences itself.
    "caps in chunks": (dataclasses.replace(CHUNKED, attn_logit_softcapping=3.0), WINDOW),
    "caps of heads and values": (dataclasses.replace(FLASH, attn_logit_softcapping=3.0), {**SINKS, **WINDOW}),
    "heads of layers": (OWN_HEADS, SINKS),
    "gates of heads": (HEAD_GATES, WINDOW),
    "heads of queries of layers": (OWN_QUERIES, {}),
    "ropes of parts of heads": (OWN_PARTS, {}),
    "clamps": (CLAMPED, SHARED_EXPERTS),
    "values of their own": (OWN_VALUES, {}),
    "routers": (Layers(**ROUTER), GROUPED),
    "scores as they are": (NOT_NORMALISED, SIGMOID),
    "experts one by one": (SPARSE_MIXER, MIXED),
    # With values as wide as keys: Megatron fills up narrower ones of packed sequences for Transformer Engine.
    "latents": (PLAIN_QUERIES, {**LATENT, "v_head_dim": 24}),
    "latents, and rope of halves": (LATENT_LONG_ROPE, {**LATENT_QUERIES, "v_head_dim": 24}),
    "latents, and queries that grow": (Layers(**GROWTH), {**LATENT_QUERIES, "v_head_dim": 24}),
}
LENGTHS = (7, 5)


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated(), patch.object(DotProductAttention, "forward", _within):
        yield


_alone: Any = DotProductAttention.forward


def _within(
    self: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, *args: Any, **kwargs: Any
) -> Tensor:
    """Megatron's attention of torch's operations, of each packed sequence, as Transformer Engine's has it."""
    params: PackedSeqParams | None = kwargs.pop("packed_seq_params", None)
    if params is None:
        result: Tensor = _alone(self, query, key, value, mask, *args, **kwargs)
        return result
    starts = listed(bounds_of(params))[1:-1]
    cut = [each.unsqueeze(1).tensor_split(starts) for each in (query, key, value)]
    return torch.cat([_alone(self, *each, None, *args, **kwargs) for each in zip(*cut, strict=True)])


def test_every_field_is_packed() -> None:
    """Here, with what else its models have."""
    fields = {each.name for each in dataclasses.fields(Layers)}
    assert {name for layers, _ in CASES.values() for name in layers.present()} == fields


@pytest.mark.parametrize("padded", [(), (8, 8)], ids=["as they are", "padded"])
@pytest.mark.parametrize("case", CASES)
def test_packed_sequences_are_computed_as_alone(case: str, padded: tuple[int, ...]) -> None:
    layers, fields = CASES[case]
    outer = {"rope_scaling": True, "rope_scaling_factor": 4.0} if "bands" in case else {}
    model = biased(shaken(built(gpt(layers, outer, **fields)))).eval()
    sequences = [tokens(1, seed)[:, :length] for seed, length in enumerate(LENGTHS, 3)]
    starts = (0, padded[0]) if padded else (0, LENGTHS[0])
    row = torch.zeros(1, sum(padded or LENGTHS), dtype=torch.long)
    for start, each in zip(starts, sequences, strict=True):
        row[:, start : start + each.shape[1]] = each
    with torch.no_grad():
        alone = [logits(model, each) for each in sequences]
        found = model(row, torch.arange(row.shape[1])[None], None, packed_seq_params=packed(*LENGTHS, padded=padded))
        together = logits(model, row)
    for start, each in zip(starts, alone, strict=True):
        torch.testing.assert_close(found[:, start : start + each.shape[1]], each, **ROUNDING)
    assert (together[:, starts[1] :][:, : LENGTHS[1]] - alone[1]).abs().max() > 0.01
