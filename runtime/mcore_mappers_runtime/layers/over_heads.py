"""One norm over all heads of queries, one over all heads of keys."""

from __future__ import annotations

from typing import Any, Final

import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor

from .change import Change, Parts, unmet, with_self_attention
from .fields import Layers
from .own_norms import NormOfHeads, with_norms
from .untyped import fused, summed


@fused
def _sum_of_squares(x: Tensor) -> Tensor:
    """Over heads and channels, in float32: [s, b, heads, channels] to [s, b, 1, 1]."""
    return x.float().square().sum(dim=(-2, -1), keepdim=True)


@fused
def _scaled(x: Tensor, mean_square: Tensor, weight: Tensor, eps: float, zero_centered: bool) -> Tensor:
    gain = weight.float() + 1.0 if zero_centered else weight
    return (x * torch.rsqrt(mean_square + eps) * gain).type_as(x)


class NormOverHeads(NormOfHeads):
    """`RMSNorm(heads * channels)` of queries or keys.

    `q_norm` and `k_norm` of Olmo2Attention.forward, OlmoeAttention.forward and MiniMaxM2Attention.forward, which norm a
    projection before it is cut into heads.

    The sum of squares is over the heads of all ranks of tensor parallelism; where they have fewer keys than there are
    ranks, each key is on as many ranks as any other.
    """

    def forward(self, x: Tensor) -> Tensor:
        """From and to [s, b, heads of this rank, channels]."""
        heads, channels = x.shape[-2:]
        mean_square = summed(_sum_of_squares(x), self.tp_group) / (heads * self.tp_group.size() * channels)
        return _scaled(x, mean_square, self.weight_of(x), self.eps, self.zero_centered_gamma)


class NormedOverHeads(SelfAttention):
    """Self-attention with these norms in the places of those that heads share."""

    def __init__(
        self,
        config: TransformerConfig,
        submodules: SelfAttentionSubmodules,
        *,
        pg_collection: ProcessGroupCollection,
        **kwargs: Any,
    ) -> None:
        norms = with_norms(submodules, NormOverHeads, config, pg_collection)
        super().__init__(config, norms, pg_collection=pg_collection, **kwargs)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return with_self_attention(layer, NormedOverHeads) if layers.qk_layernorm_over_heads else layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.qk_layernorm_over_heads:
        return []
    wanted = {
        "qk_layernorm": (config.qk_layernorm, True),
        "normalization": (config.normalization, "RMSNorm"),
        "multi_latent_attention": (config.multi_latent_attention, False),
        "qk_l2_norm": (config.qk_l2_norm, False),
    }
    return unmet("qk_layernorm_over_heads=True", wanted)


CHANGE: Final = Change(("qk_layernorm_over_heads",), _of_layer, _lacking)
