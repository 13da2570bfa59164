"""A norm of each head of queries and keys, with weights that no other head has."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor
from torch.distributed import ProcessGroup

from .change import Change, Parts, unmet, with_self_attention
from .fields import Layers
from .untyped import fused


@fused
def _normed(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    wide = x.float()
    centred = wide - wide.mean(-1, keepdim=True)
    return (centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps) * weight.float()).type_as(x)


class NormByHead(torch.nn.Module):
    """`LayerNorm(channels)` without a bias of each head of queries or keys, with a weight of its own.

    `q_norm` and `k_norm` of CohereAttention.forward with `use_qk_norm`, `q_layernorm` and `k_layernorm` of
    StableLmAttention.forward with `qk_layernorm`: both before rope, as Megatron's.

    The weight is whole on every rank of tensor parallelism, as NormOverHeads has it, and for the same reason: Megatron
    sums the gradients of all that is named `q_layernorm` or `k_layernorm` over these ranks.
    """

    def __init__(
        self, *, config: TransformerConfig, hidden_size: int, eps: float, heads: int, tp_group: ProcessGroup
    ) -> None:
        """As Megatron makes norms of queries and keys, with the `hidden_size` of one head; `heads` are of all ranks."""
        super().__init__()
        del config
        self.eps = eps
        self.tp_group = tp_group
        self.weight = torch.nn.Parameter(torch.empty(heads * hidden_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """As Megatron's norms start."""
        torch.nn.init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """From and to [s, b, heads of this rank, channels]."""
        heads, channels = x.shape[-2:]
        weight = self.weight.view(-1, channels)
        first = self.tp_group.rank() * weight.shape[0] // self.tp_group.size()
        return _normed(x, weight[first : first + heads], self.eps)


class NormedByHead(SelfAttention):
    """Self-attention with these norms in the places of those that heads share."""

    def __init__(
        self,
        config: TransformerConfig,
        submodules: SelfAttentionSubmodules,
        *,
        pg_collection: ProcessGroupCollection,
        **kwargs: Any,
    ) -> None:
        norm = partial(NormByHead, tp_group=pg_collection.tp)
        norms = replace(
            submodules,
            q_layernorm=partial(norm, heads=config.num_attention_heads),
            k_layernorm=partial(norm, heads=not_none(config.num_query_groups)),
        )
        super().__init__(config, norms, pg_collection=pg_collection, **kwargs)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return with_self_attention(layer, NormedByHead) if layers.qk_layernorm_by_head else layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.qk_layernorm_by_head:
        return []
    wanted = {
        "qk_layernorm": (config.qk_layernorm, True),
        "normalization": (config.normalization, "LayerNorm"),
        "layernorm_zero_centered_gamma": (config.layernorm_zero_centered_gamma, False),
        "multi_latent_attention": (config.multi_latent_attention, False),
        "qk_l2_norm": (config.qk_l2_norm, False),
        "qk_layernorm_over_heads": (layers.qk_layernorm_over_heads, False),
    }
    return unmet("qk_layernorm_by_head=True", wanted)


CHANGE: Final = Change(("qk_layernorm_by_head",), _of_layer, _lacking)
