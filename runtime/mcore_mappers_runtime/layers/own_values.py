"""Values that are narrower than keys, or multiplied by a factor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import torch
from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor
from torch.nn import functional

from ..shown import shown
from .change import Change, Parts, Projection, normed_parts, split_groups, unmet, with_self_attention
from .core_attention import StaticBatches, with_extended_core_attention
from .fields import Layers


class NarrowValues(SelfAttention):
    """Self-attention whose values have fewer channels than its queries and keys.

    `v_proj` and `o_proj` of MiMoV2FlashAttention, with `v_head_dim` channels of each head where `q_proj` and `k_proj`
    have `head_dim`. As ever, the weight of all three has for each query group its queries, its key and its value.
    """

    def __init__(
        self, config: TransformerConfig, submodules: SelfAttentionSubmodules, *, v_channels: int, **kwargs: Any
    ) -> None:
        heads, groups = config.num_attention_heads, not_none(config.num_query_groups)
        width = not_none(config.kv_channels)
        outputs = (heads + groups) * width + groups * v_channels
        sized = replace(
            submodules,
            linear_qkv=Projection(submodules.linear_qkv, outputs=outputs),
            linear_proj=Projection(submodules.linear_proj, inputs=heads * v_channels),
        )
        super().__init__(config, sized, **kwargs)
        self.val_hidden_size = v_channels
        self.linear_qkv_out_dim: int = outputs

    def get_query_key_value_tensors(self, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's: queries and keys of [s, b, heads, channels], and values of fewer channels."""
        del args, kwargs
        return normed_parts(self, hidden_states)


class CoreOfNarrowValues(torch.nn.Module):
    """A core attention of values that are narrower than its keys.

    It gets them padded with zeros to that width, and what comes of the zeros is cut off: no kernel of attention has to
    know of another width.
    """

    def forward(self, query: Tensor, key: Tensor, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """From [..., heads, channels] of each to [..., heads * channels of a value], whatever is before these."""
        attend: Any = super().forward
        width, narrow = key.shape[-1], value.shape[-1]
        output: Tensor = attend(query, key, functional.pad(value, (0, width - narrow)), *args, **kwargs)
        return output.view(*output.shape[:-1], -1, width)[..., :narrow].flatten(-2)


class ScaledValues(SelfAttention):
    """Self-attention whose values are multiplied by a factor.

    `v_scale` of MiMoV2FlashAttention.forward, before there is a cache of values.
    """

    def __init__(self, *args: Any, attention_value_scale: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attention_value_scale = attention_value_scale

    def get_query_key_value_tensors(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's, with what else there is behind the values."""
        stock: Any = super()
        query, key, value, *gate = stock.get_query_key_value_tensors(*args, **kwargs)
        return query, key, value * self.attention_value_scale, *gate


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    width, scale = layers.v_channels, layers.attention_value_scale
    if width is not None:
        layer = with_self_attention(layer, NarrowValues, v_channels=width)
        layer = with_self_attention(layer, StaticBatches, uncached="v_channels")
        layer = with_extended_core_attention(layer, CoreOfNarrowValues)
    return layer if scale == 1.0 else with_self_attention(layer, ScaledValues, attention_value_scale=scale)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    complaints: list[str] = []
    # Megatron would rotate queries and keys, and hand on values, without asking for the three.
    whole: dict[str, tuple[object, object]] = {"fused_single_qkv_rope": (config.fused_single_qkv_rope, False)}
    if layers.v_channels is not None:
        complaints += _of_widths(layers.v_channels, layers, config, whole)
    if layers.attention_value_scale != 1.0:
        wanted = {"multi_latent_attention": (config.multi_latent_attention, False), **whole}
        complaints += unmet(f"attention_value_scale={shown(layers.attention_value_scale)}", wanted)
    return complaints


def _of_widths(
    width: int, layers: Layers, config: TransformerConfig, whole: dict[str, tuple[object, object]]
) -> list[str]:
    said, keys = f"v_channels={width}", not_none(config.kv_channels)
    wanted = {
        **whole,
        "multi_latent_attention": (config.multi_latent_attention, False),
        "attention_output_gate": (config.attention_output_gate, False),
        "flash_decode": (config.flash_decode, False),
        "qk_clip": (config.qk_clip, False),
        "test_mode": (config.test_mode, False),
    }
    complaints = unmet(said, wanted)
    if not 0 < width < keys:
        complaints.append(f"{said} must be above zero and below kv_channels={keys}: leave it out where they are alike")
    return complaints + split_groups(said, layers, config)


CHANGE: Final = Change(("v_channels", "attention_value_scale"), _of_layer, _lacking)
