"""How one Megatron tensor is made from Hugging Face's: rearrangements, and in one case an offset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor


class Transform(Protocol):
    def __call__(self, sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size, /) -> Tensor: ...


def _set(value: int | None) -> int:
    """A size that a Megatron config derives or requires, and types as optional."""
    assert value is not None
    return value


def _heads(config: TransformerConfig) -> tuple[int, int]:
    """The number of query groups, and the width of a head."""
    return _set(config.num_query_groups), _set(config.kv_channels)


def copy(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """The same tensor."""
    (tensor,) = sources
    return tensor


def flattened(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """The same numbers in one dimension."""
    (tensor,) = sources
    return tensor.flatten()


def transposed(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """GPT-2's `Conv1D` and GPT-OSS's experts store a weight as (inputs, outputs)."""
    (tensor,) = sources
    return tensor.transpose(0, -1)


def centred_as_configured(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """A norm that Hugging Face never stores as the distance from one, and Megatron does when all its norms are so."""
    (tensor,) = sources
    return tensor - 1 if config.layernorm_zero_centered_gamma else tensor


def joined(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """One output after the other: gate and up, or the parts of an input projection."""
    return torch.cat(list(sources))


def padded_vocabulary(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """Megatron may have more rows than there are tokens; they take part in nothing that is compared."""
    (tensor,) = sources
    missing = shape[0] - tensor.shape[0]
    if missing < 0:
        return tensor
    return torch.cat([tensor, tensor.new_zeros(missing, *tensor.shape[1:])])


def grouped_qkv(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """Megatron's fused q, k, v: for each query group its queries, its key, its value.

    With `attention_output_gate` Hugging Face's q projection yields, for each head, a query and then a gate; Megatron
    has all queries of a group, then all its gates.
    """
    q, k, v = sources
    _, width = _heads(config)
    # Layers may have other numbers of groups, and values another width.
    groups = len(k) // width
    heads = config.num_attention_heads // groups
    parts = 2 if config.attention_output_gate else 1
    rest = q.shape[1:]
    queries = q.reshape(groups, heads, parts, width, *rest).transpose(1, 2).reshape(groups, -1, *rest)
    return torch.cat([queries, k.reshape(groups, width, *rest), v.reshape(groups, -1, *rest)], dim=1).flatten(0, 1)


def gated_qkv(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """The same of gates that have a projection of their own (Trinity)."""
    q, gate, k, v = sources
    _, width = _heads(config)
    both = torch.stack([each.unflatten(0, (-1, width)) for each in (q, gate)], dim=1)
    return grouped_qkv([both.flatten(0, 2), k, v], config, shape)


def head_gated_qkv(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """The same of gates that have one number for each head (Step-3.5), behind the values of their group."""
    _, k, *_ = sources
    _, width = _heads(config)
    # Layers may have other numbers of heads.
    groups = len(k) // width
    return torch.cat([each.unflatten(0, (groups, -1)) for each in sources], dim=1).flatten(0, 1)


def stacked_qkv(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """From one tensor with all queries, then all keys, then all values (Phi-3)."""
    (qkv,) = sources
    groups, width = _heads(config)
    return grouped_qkv(qkv.split([config.num_attention_heads * width, groups * width, groups * width]), config, shape)


def stacked_qkv_transposed(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """The same, stored as (inputs, outputs) (GPT-2)."""
    (qkv,) = sources
    return stacked_qkv([qkv.transpose(0, -1)], config, shape)


def sharded_qkv(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """CodeGen's: in each of four parts one after the other a quarter of the queries, of the values and of the keys."""
    (qvk,) = sources
    queries, values, keys = qvk.unflatten(0, (4, 3, -1)).transpose(0, 1).flatten(1, 2)
    return grouped_qkv([queries, keys, values], config, shape)


def interleaved_gate_up(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """GPT-OSS's experts: gate and up outputs alternate, and a weight is (inputs, outputs)."""
    (tensor,) = sources
    outputs = tensor.transpose(0, -1)
    return torch.cat([outputs[0::2], outputs[1::2]])


def delta_input(sources: Sequence[Tensor], config: TransformerConfig, shape: torch.Size) -> Tensor:
    """Qwen3-Next's Gated DeltaNet projections: Hugging Face goes key head by key head, Megatron part by part."""
    qkvz, ba = sources
    keys, values = _set(config.linear_num_key_heads), _set(config.linear_num_value_heads)
    key_width, value_width = _set(config.linear_key_head_dim), _set(config.linear_value_head_dim)
    per_key = values // keys
    hidden = qkvz.shape[1]
    wide = qkvz.reshape(keys, -1, hidden).split(
        [key_width, key_width, per_key * value_width, per_key * value_width], dim=1
    )
    narrow = ba.reshape(keys, -1, hidden).split([per_key, per_key], dim=1)
    return torch.cat([part.reshape(-1, hidden) for part in (*wide, *narrow)])
