"""A gate for each head, on what core attention gives for it."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, Final

import torch
from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor

from .change import Change, Parts, Projection, normed_parts, split_groups, unmet, with_self_attention
from .fields import Layers
from .untyped import fused


@fused
def _gated(x: Tensor, gate: Tensor) -> Tensor:
    heads = x.view(*gate.shape, -1)
    return (heads * torch.sigmoid(gate.float()).unsqueeze(-1)).type_as(x).view(x.shape)


class HeadGates(SelfAttention):
    """Self-attention whose output has one gate for each head, where Megatron has one for each channel of each head.

    `g_proj` of Step3p7Attention.forward. Gates are projected with queries, keys and values, as Megatron's own are: its
    weight has for each query group its queries, its key, its value and a row for the gate of each of its heads. So the
    norm before attention, ranks of tensor parallelism, gradients and checkpoints are those of queries.
    """

    def __init__(self, config: TransformerConfig, submodules: SelfAttentionSubmodules, **kwargs: Any) -> None:
        own = copy.copy(config)
        # Megatron's attention then asks for a gate beside queries, keys and values, and applies it.
        own.attention_output_gate = True
        heads, groups = config.num_attention_heads, not_none(config.num_query_groups)
        outputs = (heads + 2 * groups) * not_none(config.kv_channels) + heads
        sized = replace(submodules, linear_qkv=Projection(submodules.linear_qkv, outputs=outputs))
        super().__init__(own, sized, **kwargs)
        self.linear_qkv_out_dim: int = outputs

    def get_query_key_value_tensors(self, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's: queries, keys and values of [s, b, heads, channels], and gates of [s, b, heads]."""
        del args, kwargs
        width = self.hidden_size_per_attention_head
        query, key, value, gate = normed_parts(self, hidden_states, width)
        return query, key, value, gate.flatten(-2)

    def _apply_output_gate(self, x: Tensor, gate: Tensor) -> Tensor:
        """From and to [s, b, heads * channels]."""
        return _gated(x, gate)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return with_self_attention(layer, HeadGates) if layers.attention_output_gate_by_head else layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.attention_output_gate_by_head:
        return []
    said = "attention_output_gate_by_head=True"
    wanted = {
        "multi_latent_attention": (config.multi_latent_attention, False),
        "attention_output_gate": (config.attention_output_gate, False),
        "v_channels": (layers.v_channels, None),
        "fused_single_qkv_rope": (config.fused_single_qkv_rope, False),
        # Decoding with it, Megatron gives what is not gated.
        "flash_decode": (config.flash_decode, False),
        "qk_clip": (config.qk_clip, False),
        "test_mode": (config.test_mode, False),
    }
    return unmet(said, wanted) + split_groups(said, layers, config)


CHANGE: Final = Change(("attention_output_gate_by_head",), _of_layer, _lacking)
