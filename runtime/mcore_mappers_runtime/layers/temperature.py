"""Queries that grow with their position."""

from __future__ import annotations

from typing import Any, Final

import torch
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor

from ..shown import shown
from .change import Change, Parts
from .core_attention import (
    bounds_of,
    is_in,
    is_packed,
    lacking,
    misfits_of_freq,
    with_extended_core_attention,
    with_extended_latent_core_attention,
)
from .fields import Layers


class GrowingQueries(torch.nn.Module):
    """A core attention whose queries are multiplied by `1 + scale * log(1 + floor((position + start) / length))`.

    `get_llama_4_attn_scale` of Ministral3Attention.forward and Mistral4Attention.forward, and `attn_scales` of
    Llama4TextAttention.forward, which counts positions from one. This goes before any core attention of Megatron's,
    fused or not, that of latent attention too: rope is behind it.
    """

    def __init__(
        self, *args: Any, layer_number: int, growth: tuple[float, float, int], growth_freq: Any, **kwargs: Any
    ) -> None:
        """Args: `growth`: scale, length and start; `growth_freq`: in which layers queries grow."""
        super().__init__(*args, layer_number=layer_number, **kwargs)
        self.query_growth = growth if is_in(growth_freq, layer_number) else None

    def forward(
        self, query: Tensor, key: Tensor, *args: Any, packed_seq_params: PackedSeqParams | None = None, **kwargs: Any
    ) -> Tensor:
        """As Megatron's: [s, b, heads, channels], or [tokens, heads, channels] of packed sequences."""
        attend: Any = super().forward
        if self.query_growth is not None:
            scale, length, start = self.query_growth
            positions = _positions(query, key, packed_seq_params).float() + start
            factor = 1.0 + scale * torch.log1p(torch.floor(positions / length))
            query = (query * factor.view(-1, *(1 for _ in query.shape[1:]))).type_as(query)
        result: Tensor = attend(query, key, *args, packed_seq_params=packed_seq_params, **kwargs)
        return result


def _positions(query: Tensor, key: Tensor, packed: PackedSeqParams | None) -> Tensor:
    """Of each query in its sequence. Where there are more keys than queries, a cache holds those of earlier tokens."""
    tokens = torch.arange(query.shape[0], device=query.device)
    if not is_packed(packed):
        return tokens + (key.shape[0] - query.shape[0])
    bounds = bounds_of(packed).to(query.device)
    return tokens - bounds[torch.searchsorted(bounds[1:-1].contiguous(), tokens, right=True)]


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if layers.query_temperature_scale is None:
        return layer
    growth = (layers.query_temperature_scale, layers.query_temperature_length, layers.query_temperature_start)
    params = {"growth": growth, "growth_freq": layers.query_temperature_freq}
    layer = with_extended_core_attention(layer, GrowingQueries, **params)
    return with_extended_latent_core_attention(layer, GrowingQueries, **params)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    length, start = layers.query_temperature_length, layers.query_temperature_start
    if layers.query_temperature_scale is None:
        present = [name for name in layers.present() if name in _FIELDS]
        return [f"{name} says how queries grow, and query_temperature_scale=None: they do not" for name in present]
    complaints = lacking(f"query_temperature_scale={shown(layers.query_temperature_scale)}", config, {}, latent=True)
    if length is None or length <= 0:
        complaints.append(f"query_temperature_length={shown(length)} must be above zero")
    if start not in (0, 1):
        complaints.append(f"query_temperature_start={start} must be 0 or 1")
    return complaints + misfits_of_freq("query_temperature_freq", layers.query_temperature_freq)


_FIELDS: Final = (
    "query_temperature_scale",
    "query_temperature_length",
    "query_temperature_start",
    "query_temperature_freq",
)

CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
