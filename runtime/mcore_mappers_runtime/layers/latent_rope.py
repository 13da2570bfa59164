"""Latent attention that rotates the halves of what it rotates of a head, and not pairs of neighbours."""

from __future__ import annotations

from typing import Any, Final

import torch
from megatron.core.tensor_parallel import mappings
from megatron.core.transformer.multi_latent_attention import MLASelfAttention
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor, nn

from .change import Change, Parts, not_latent, unmet, with_latent_attention
from .fields import Layers


class RotatesHalves(MLASelfAttention):
    """Latent attention that rotates each channel of a first half with the one as far into the second.

    `apply_rotary_pos_emb` of MiniCPM3Attention.forward, and of DeepseekV3Attention.forward where `rope_interleave` is
    False. Megatron's latent attention, and the kernels that fuse its rope, take pairs of neighbours: so each channel of
    the second half is put behind the one that it is rotated with, in queries and keys alike, of which scores are the
    same in any order that they share.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = dict(self.named_children())
        queries = held["linear_q_up_proj" if "linear_q_up_proj" in held else "linear_q_proj"]
        # Megatron's method projects and rotates in one, and leaves no other place between the two.
        queries.register_forward_hook(self._with_queries_in_pairs)

    def _with_queries_in_pairs(self, projection: nn.Module, inputs: tuple[Any, ...], given: Any) -> Any:
        """What that gives, [..., heads * channels] and its bias, with the last channels of each head in pairs."""
        del projection, inputs
        queries, *others = given
        heads: Tensor = queries.view(*queries.shape[:-1], -1, self.q_head_dim)
        return in_pairs(heads, self.config.qk_pos_emb_head_dim).flatten(-2), *others

    def _qkv_down_projection(self, hidden_states: Tensor) -> tuple[Tensor, Tensor]:
        """As Megatron's, with the last channels of keys, which all heads share, in pairs.

        Local layers give each rank some channels of the latent and of these, [s, b, channels / ranks], which Megatron
        puts together afterwards; those of one pair can be with two ranks.
        """
        stock: Any = super()
        latent_queries, combined = stock._qkv_down_projection(hidden_states)
        rotated = self.config.qk_pos_emb_head_dim
        if combined.size(-1) == self.config.kv_lora_rank + rotated:
            return latent_queries, in_pairs(combined, rotated)
        regions: Any = mappings
        whole: Tensor = regions.gather_from_tensor_model_parallel_region(combined)
        return latent_queries, regions.scatter_to_tensor_model_parallel_region(in_pairs(whole, rotated))


def in_pairs(x: Tensor, rotated: int) -> Tensor:
    """With each channel of the second half of the last `rotated` ones behind the one as far into the first."""
    first, second = x[..., -rotated:].chunk(2, dim=-1)
    return torch.cat((x[..., :-rotated], torch.stack((first, second), dim=-1).flatten(-2)), dim=-1)


_SAID: Final = "mla_rotary_interleaved=False"


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return layer if layers.mla_rotary_interleaved else with_latent_attention(layer, RotatesHalves)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if layers.mla_rotary_interleaved:
        return []
    # That of sparse attention is another class, which rotates what its indexer gets, too.
    sparse = {"experimental_attention_variant": (config.experimental_attention_variant, None)}
    return [*not_latent(_SAID, config), *unmet(_SAID, sparse)]


CHANGE: Final = Change(("mla_rotary_interleaved",), _of_layer, _lacking)
