"""Norms of queries and keys with a weight of every head, in the places of those that heads share."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.attention import SelfAttentionSubmodules
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor
from torch.distributed import ProcessGroup


class NormOfHeads(torch.nn.Module):
    """A norm whose weight, of [heads * channels], is whole on every rank of tensor parallelism.

    A rank has some of the heads. Megatron sums the gradients of all that is named `q_layernorm` or `k_layernorm` over
    these ranks, as it must where heads share a weight, and of slices of a weight it would sum those.
    """

    def __init__(
        self, *, config: TransformerConfig, hidden_size: int, eps: float, heads: int, tp_group: ProcessGroup
    ) -> None:
        """As Megatron makes norms of queries and keys, with the `hidden_size` of one head; `heads` are of all ranks."""
        super().__init__()
        self.zero_centered_gamma = config.layernorm_zero_centered_gamma
        self.eps = eps
        self.tp_group = tp_group
        self.weight = torch.nn.Parameter(torch.empty(heads * hidden_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """As Megatron's norms start."""
        torch.nn.init.constant_(self.weight, 0.0 if self.zero_centered_gamma else 1.0)

    def weight_of(self, x: Tensor) -> Tensor:
        """The weights of the heads of this rank, [heads, channels], for [s, b, heads, channels]."""
        heads, channels = x.shape[-2:]
        weight = self.weight.view(-1, channels)
        first = self.tp_group.rank() * weight.shape[0] // self.tp_group.size()
        return weight[first : first + heads]


def with_norms(
    submodules: SelfAttentionSubmodules,
    norm: type[NormOfHeads],
    config: TransformerConfig,
    ranks: ProcessGroupCollection,
) -> SelfAttentionSubmodules:
    """The parts of self-attention with these norms of queries and keys."""
    made = partial(norm, tp_group=ranks.tp)
    return replace(
        submodules,
        q_layernorm=partial(made, heads=config.num_attention_heads),
        k_layernorm=partial(made, heads=not_none(config.num_query_groups)),
    )
