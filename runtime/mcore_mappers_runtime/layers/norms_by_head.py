"""A norm of each head of queries and keys, with weights that no other head has."""

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
from .untyped import fused


@fused
def _normed(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    wide = x.float()
    centred = wide - wide.mean(-1, keepdim=True)
    return (centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps) * weight.float()).type_as(x)


class NormByHead(NormOfHeads):
    """`LayerNorm(channels)` without a bias of each head of queries or keys, with a weight of its own.

    `q_norm` and `k_norm` of CohereAttention.forward with `use_qk_norm`, `q_layernorm` and `k_layernorm` of
    StableLmAttention.forward with `qk_layernorm`: both before rope, as Megatron's.
    """

    def forward(self, x: Tensor) -> Tensor:
        """From and to [s, b, heads of this rank, channels]."""
        return _normed(x, self.weight_of(x), self.eps)


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
        norms = with_norms(submodules, NormByHead, config, pg_collection)
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
