"""Heads, query groups and sinks that differ by layer."""

from __future__ import annotations

import copy
from itertools import repeat
from typing import Any, Final

from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none

from ..shown import shown
from .change import Change, Parts, unmet, with_self_attention
from .core_attention import StaticBatches, is_in, misfits_of_freq
from .fields import Layers


class OwnHeads(SelfAttention):
    """Self-attention with the heads and the query groups of its layer, and with a sink for each head or without.

    `num_key_value_heads` and `sinks` of MiMoV2FlashAttention and `num_heads` of Step3p7Attention, which are other
    numbers in layers with a window. All that is in Megatron's attention reads them from its config: a layer has one of
    its own, as each has in a model whose blocks differ.
    """

    def __init__(
        self,
        config: TransformerConfig,
        submodules: SelfAttentionSubmodules,
        *,
        layer_number: int,
        num_attention_heads_by_layer: tuple[int, ...] | None,
        num_query_groups_by_layer: tuple[int, ...] | None,
        softmax_offset_freq: tuple[int, ...] | None,
        **kwargs: Any,
    ) -> None:
        own = copy.copy(config)
        if num_attention_heads_by_layer is not None:
            own.num_attention_heads = num_attention_heads_by_layer[layer_number - 1]
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
    return [
        *_of_heads(layers, config),
        *_of_groups(layers, config),
        *_of_both(layers, config),
        *_of_sinks(layers, config),
    ]


def _of_heads(layers: Layers, config: TransformerConfig) -> list[str]:
    name, heads = "num_attention_heads_by_layer", layers.num_attention_heads_by_layer
    return [] if heads is None else _of_numbers(name, heads, config.num_attention_heads, layers, config)


def _of_groups(layers: Layers, config: TransformerConfig) -> list[str]:
    name, groups = "num_query_groups_by_layer", layers.num_query_groups_by_layer
    return [] if groups is None else _of_numbers(name, groups, config.num_query_groups, layers, config)


def _of_numbers(
    name: str, numbers: tuple[int, ...], of_model: int | None, layers: Layers, config: TransformerConfig
) -> list[str]:
    said, ranks = f"{name}={shown(numbers)}", config.tensor_model_parallel_size
    complaints = [
        f"{said}: tensor_model_parallel_size={ranks} must divide {each}, so that every rank has whole ones"
        for each in dict.fromkeys(numbers)
        if each % ranks
    ]
    if {*numbers} == {of_model}:
        complaints.append(f"{said} says no other number than {name.removesuffix('_by_layer')} does: leave it out")
    wanted = {
        "multi_latent_attention": (config.multi_latent_attention, False),
        # Their weights would have other shapes in other layers.
        "qk_layernorm_over_heads": (layers.qk_layernorm_over_heads, False),
        "qk_layernorm_by_head": (layers.qk_layernorm_by_head, False),
    }
    return complaints + unmet(name, wanted)


def _of_both(layers: Layers, config: TransformerConfig) -> list[str]:
    """Whether groups of every layer have as many heads each."""
    of_heads, of_groups = layers.num_attention_heads_by_layer, layers.num_query_groups_by_layer
    if of_heads is None and of_groups is None:
        return []
    name = "num_attention_heads_by_layer" if of_groups is None else "num_query_groups_by_layer"
    heads = repeat(config.num_attention_heads) if of_heads is None else of_heads
    groups = repeat(not_none(config.num_query_groups)) if of_groups is None else of_groups
    return [
        f"{name}={shown(vars(layers)[name])}: {group} must divide num_attention_heads={head}"
        for group, head in dict.fromkeys(zip(groups, heads, strict=False))
        if group <= 0 or head <= 0 or head % group
    ]


def _of_sinks(layers: Layers, config: TransformerConfig) -> list[str]:
    freq = layers.softmax_offset_freq
    if freq is None:
        return []
    complaints = misfits_of_freq("softmax_offset_freq", freq)
    if config.softmax_type == "vanilla":
        complaints.append("softmax_offset_freq needs another softmax_type than 'vanilla', which has no offset")
    return complaints + unmet("softmax_offset_freq", {"multi_latent_attention": (config.multi_latent_attention, False)})


_FIELDS: Final = ("num_attention_heads_by_layer", "num_query_groups_by_layer", "softmax_offset_freq")
CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
