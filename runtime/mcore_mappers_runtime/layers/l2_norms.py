"""Norms of queries and keys without weights, in some layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig

from .change import Change, Parts, unmet, with_self_attention
from .core_attention import is_in, misfits_of_freq
from .fields import Layers


class NormedInSomeLayers(SelfAttention):
    """Self-attention with Megatron's `qk_l2_norm` in the layers that have it.

    `qk_norm` of Llama4TextAttention.forward, which layers without rope have none of. It is after rope there, with which
    it commutes.
    """

    def __init__(
        self,
        config: TransformerConfig,
        submodules: SelfAttentionSubmodules,
        *,
        layer_number: int,
        qk_l2_norm_freq: tuple[int, ...],
        **kwargs: Any,
    ) -> None:
        if not is_in(qk_l2_norm_freq, layer_number):
            submodules = replace(submodules, q_layernorm=IdentityOp, k_layernorm=IdentityOp)
        super().__init__(config, submodules, layer_number=layer_number, **kwargs)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    freq = layers.qk_l2_norm_freq
    return layer if freq is None else with_self_attention(layer, NormedInSomeLayers, qk_l2_norm_freq=freq)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    freq = layers.qk_l2_norm_freq
    if freq is None:
        return []
    wanted = {
        "qk_l2_norm": (config.qk_l2_norm, True),
        "multi_latent_attention": (config.multi_latent_attention, False),
    }
    return misfits_of_freq("qk_l2_norm_freq", freq) + unmet("qk_l2_norm_freq", wanted)


CHANGE: Final = Change(("qk_l2_norm_freq",), _of_layer, _lacking)
