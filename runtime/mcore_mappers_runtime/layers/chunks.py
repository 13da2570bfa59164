"""Attention within chunks of a sequence."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any, Final

import torch
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor
from torch.nn import functional

from ..shown import shown
from .change import Change, Parts
from .core_attention import bounds_of, is_in, is_packed, lacking, listed, misfits_of_freq, with_extended_core_attention
from .fields import Layers


class ChunkedAttention(torch.nn.Module):
    """A core attention that gets each chunk as a sequence of its own.

    The mask of `create_chunked_causal_mask`, which Llama4TextModel.forward gives to layers of `chunked_attention`: a
    token attends to those before it in its own chunk.
    """

    def __init__(self, *args: Any, layer_number: int, chunk_size: int, chunk_freq: Any, **kwargs: Any) -> None:
        super().__init__(*args, layer_number=layer_number, **kwargs)
        self.chunk_size = chunk_size if is_in(chunk_freq, layer_number) else None

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attention_mask: Tensor | None,
        *args: Any,
        packed_seq_params: PackedSeqParams | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """As Megatron's: [s, b, heads, channels], or [tokens, heads, channels] of packed sequences.

        Raises:
            ValueError: a cache holds keys of earlier tokens.
        """
        attend: Any = super().forward
        size, length, batch = self.chunk_size, key.shape[0], query.shape[1]
        if size is not None and is_packed(packed_seq_params):
            packed_seq_params = _cut(packed_seq_params, size)
        if size is None or is_packed(packed_seq_params) or length <= size:
            result: Tensor = attend(
                query, key, value, attention_mask, *args, packed_seq_params=packed_seq_params, **kwargs
            )
            return result
        if query.shape[0] != length:
            raise ValueError("attention within chunks takes whole sequences, and no cache of keys")
        folded = (_folded(each, size) for each in (query, key, value))
        mask = None if attention_mask is None else _folded_mask(attention_mask, size, batch)
        chunks: Tensor = attend(*folded, mask, *args, packed_seq_params=packed_seq_params, **kwargs)
        return chunks.view(size, batch, -1, chunks.shape[-1]).permute(2, 0, 1, 3).flatten(0, 1)[:length]


def _folded(x: Tensor, size: int) -> Tensor:
    """From [s, b, heads, channels] to [chunk size, b * chunks, heads, channels]; behind the last token are zeros."""
    padded = functional.pad(x, (0, 0, 0, 0, 0, 0, 0, -x.shape[0] % size))
    return padded.view(-1, size, *x.shape[1:]).permute(1, 2, 0, 3, 4).flatten(1, 2)


def _folded_mask(mask: Tensor, size: int, batch: int) -> Tensor:
    """Of [b or 1, 1, s, s], True where a token is hidden, what is within chunks: [b * chunks, 1, size, size]."""
    missing = -mask.shape[-1] % size
    padded = functional.pad(mask, (0, missing, 0, missing), value=True).expand(batch, -1, -1, -1)
    count = padded.shape[-1] // size
    blocks = padded.reshape(batch, 1, count, size, count, size)
    return blocks.diagonal(dim1=2, dim2=4).permute(0, 4, 1, 2, 3).flatten(0, 1)


def _cut(packed: PackedSeqParams, size: int) -> PackedSeqParams:
    """Packed sequences of which each is cut into chunks."""
    bounds = bounds_of(packed)
    ends = listed(bounds)
    starts = [start for first, end in pairwise(ends) for start in range(first, end, size)]
    cut = torch.tensor([*starts, ends[-1]], dtype=bounds.dtype, device=bounds.device)
    fields: dict[str, Any] = {
        "cu_seqlens_q": cut,
        "cu_seqlens_kv": cut,
        "cu_seqlens_q_padded": None,
        "cu_seqlens_kv_padded": None,
        "max_seqlen_q": size,
        "max_seqlen_kv": size,
    }
    return dataclasses.replace(packed, **fields)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if layers.attention_chunk_size is None:
        return layer
    size, freq = layers.attention_chunk_size, layers.attention_chunk_freq
    return with_extended_core_attention(layer, ChunkedAttention, chunk_size=size, chunk_freq=freq)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    size, freq = layers.attention_chunk_size, layers.attention_chunk_freq
    if size is None:
        said = f"attention_chunk_freq={shown(freq)} says which layers attend by chunks"
        return [] if freq is None else [f"{said}, and attention_chunk_size=None: none does"]
    least = [] if size > 0 else [f"attention_chunk_size={size} must be above zero"]
    complaints = lacking(f"attention_chunk_size={size}", config, {})
    return [*least, *complaints, *misfits_of_freq("attention_chunk_freq", freq)]


CHANGE: Final = Change(("attention_chunk_size", "attention_chunk_freq"), _of_layer, _lacking)
