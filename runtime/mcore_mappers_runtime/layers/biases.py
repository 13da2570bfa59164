"""Attention whose projections have biases where not all linear layers have, or have none where all others have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig

from .change import Change, Parts, Projection, unmet, with_self_attention
from .fields import Layers


class BiasedApart(SelfAttention):
    """Self-attention whose projections have the biases that `Layers` say.

    `o_proj` of Qwen3Attention has the bias of `attention_bias`, and no MLP has one; `q_proj`, `k_proj` and `v_proj` of
    GPTNeoSelfAttention have none, and all other linear layers do.
    """

    def __init__(
        self,
        config: TransformerConfig,
        submodules: SelfAttentionSubmodules,
        *args: Any,
        qkv_bias: bool,
        add_proj_bias: bool | None,
        **kwargs: Any,
    ) -> None:
        changed: dict[str, Any] = {}
        if not qkv_bias:
            changed["linear_qkv"] = Projection(submodules.linear_qkv, bias=False)
        if add_proj_bias is not None:
            changed["linear_proj"] = Projection(submodules.linear_proj, bias=add_proj_bias)
        super().__init__(config, replace(submodules, **changed), *args, **kwargs)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if not _asked(layers):
        return layer
    return with_self_attention(layer, BiasedApart, qkv_bias=layers.qkv_bias, add_proj_bias=layers.add_proj_bias)


def _asked(layers: Layers) -> list[str]:
    return [f"{name}={vars(layers)[name]!r}" for name in layers.present() if name in _FIELDS]


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    latent = [
        f"{each} needs multi_latent_attention=False, not True"
        for each in _asked(layers)
        if config.multi_latent_attention
    ]
    if layers.qkv_bias:
        return latent
    wanted = {"add_bias_linear": (config.add_bias_linear, True), "add_qkv_bias": (config.add_qkv_bias, False)}
    return latent + unmet("qkv_bias=False", wanted)


_FIELDS: Final = ("qkv_bias", "add_proj_bias")
CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
