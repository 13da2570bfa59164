"""Query groups and sinks that differ by layer."""

from __future__ import annotations

import copy
from typing import Any, Final

from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig

from ..shown import shown
from .change import Change, Parts, unmet, with_self_attention
from .core_attention import StaticBatches, is_in, misfits_of_freq
from .fields import Layers


class OwnHeads(SelfAttention):
    """Self-attention with the query groups of its layer, and with a sink for each head or without.

    `num_key_value_heads` and `sinks` of MiMoV2FlashAttention, which are other numbers in layers with a window. All that
    is in Megatron's attention reads both from its config: a layer has one of its own, as each has in a model whose
    blocks differ.
    """

    def __init__(
        self,
        config: TransformerConfig,
        submodules: SelfAttentionSubmodules,
        *,
        layer_number: int,
        num_query_groups_by_layer: tuple[int, ...] | None,
        softmax_offset_freq: tuple[int, ...] | None,
        **kwargs: Any,
    ) -> None:
        own = copy.copy(config)
        if num_query_groups_by_layer is not None:
            own.num_query_groups = num_query_groups_by_layer[layer_number - 1]
        if not is_in(softmax_offset_freq, layer_number):
            own.softmax_type = "vanilla"
        super().__init__(own, submodules, layer_number=layer_number, **kwargs)


def keep_apart(layers: Layers, config: TransformerConfig) -> None:
    """Let checkpoints have each layer by itself, where weights differ by layer: Megatron stacks those of all layers."""
    if any(vars(layers)[name] is not None for name in _FIELDS):
        config.hetereogenous_dist_checkpoint = True


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    params = {name: vars(layers)[name] for name in _FIELDS}
    if any(params.values()):
        layer = with_self_attention(layer, OwnHeads, **params)
    if layers.num_query_groups_by_layer is not None:
        layer = with_self_attention(layer, StaticBatches, uncached="num_query_groups_by_layer")
    return layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    return [*_of_groups(layers, config), *_of_sinks(layers, config)]


def _of_groups(layers: Layers, config: TransformerConfig) -> list[str]:
    groups = layers.num_query_groups_by_layer
    if groups is None:
        return []
    heads, ranks = config.num_attention_heads, config.tensor_model_parallel_size
    said = f"num_query_groups_by_layer={shown(groups)}"
    complaints = [
        f"{said}: {each} must divide num_attention_heads={heads}"
        for each in dict.fromkeys(groups)
        if each <= 0 or heads % each
    ]
    complaints += [
        f"{said}: tensor_model_parallel_size={ranks} must divide {each}, so that every rank has whole query groups"
        for each in dict.fromkeys(groups)
        if each > 0 and each % ranks
    ]
    if {*groups} == {config.num_query_groups}:
        complaints.append(f"{said} says no other number than num_query_groups does: leave it out")
    wanted = {
        "multi_latent_attention": (config.multi_latent_attention, False),
        # Their weights would have other shapes in other layers.
        "qk_layernorm_over_heads": (layers.qk_layernorm_over_heads, False),
        "qk_layernorm_by_head": (layers.qk_layernorm_by_head, False),
    }
    return complaints + unmet("num_query_groups_by_layer", wanted)


def _of_sinks(layers: Layers, config: TransformerConfig) -> list[str]:
    freq = layers.softmax_offset_freq
    if freq is None:
        return []
    complaints = misfits_of_freq("softmax_offset_freq", freq)
    if config.softmax_type == "vanilla":
        complaints.append("softmax_offset_freq needs another softmax_type than 'vanilla', which has no offset")
    return complaints + unmet("softmax_offset_freq", {"multi_latent_attention": (config.multi_latent_attention, False)})


_FIELDS: Final = ("num_query_groups_by_layer", "softmax_offset_freq")
CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
