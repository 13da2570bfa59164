"""A rope of their own for some layers, beside the one of the model."""

from __future__ import annotations

import math
from typing import Any, Final

import torch
from megatron.core.transformer.attention import SelfAttention
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor

from ..shown import shown
from .change import Change, Parts, unmet, with_self_attention
from .fields import Layers


class OwnRope(SelfAttention):
    """Self-attention that rotates by a plain rope of its own, in layers that have one.

    `position_embeddings[self.config.layer_types[i]]` of Gemma3TextModel.forward, Olmo3Model.forward and
    MellumModel.forward. Megatron's model computes the angles of its rope once, and hands them to all layers; a layer
    with a rope of its own computes as many, so that packed sequences and a cache of keys find theirs.
    """

    def __init__(
        self,
        *args: Any,
        rotary_base_by_layer: tuple[float | None, ...],
        rotary_percent_by_layer: tuple[float | None, ...] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own_rotary_base = rotary_base_by_layer[self.layer_number - 1]
        percent = None if rotary_percent_by_layer is None else rotary_percent_by_layer[self.layer_number - 1]
        self.own_rotary_channels = None if percent is None else _rotated(self.config, percent)
        if self.own_rotary_base is not None:
            # Attention multiplies cosines and sines by that of the model's YaRN.
            self._yarn_concentration_factor = 1.0

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's layers call it: with the angles of the model by keyword, [s, 1, 1, channels].

        Raises:
            ValueError: the model hands over no angles. What it has instead is of its own rope.
        """
        if self.own_rotary_base is not None:
            of_model: Tensor | None = kwargs.get("rotary_pos_emb")
            if of_model is None:
                raise ValueError(
                    f"layer {self.layer_number} has a rope of its own, and gets no angles to compute it like: it needs "
                    "position_embedding_type='rope' or 'yarn', and inference without flashinfer's fused rope"
                )
            channels = self.own_rotary_channels or of_model.shape[-1]
            kwargs["rotary_pos_emb"] = plain_angles(
                of_model, self.own_rotary_base, self.config.rotary_interleaved, channels
            )
        return super().forward(*args, **kwargs)


def plain_angles(like: Tensor, base: float, interleaved: bool, channels: int) -> Tensor:
    """The angles of a rope that is neither scaled nor interpolated, of so many channels and the positions of `like`."""
    length = like.shape[0]
    exponents = torch.arange(0, channels, 2, dtype=torch.float32, device=like.device) / channels
    positions = torch.arange(length, dtype=torch.float32, device=like.device)
    angles = torch.outer(positions, 1.0 / base**exponents)
    pairs = torch.stack((angles, angles), dim=-1).flatten(1) if interleaved else torch.cat((angles, angles), dim=-1)
    return pairs[:, None, None, :]


def _rotated(config: TransformerConfig, percent: float) -> int:
    """How many channels of a head such a part of it has, as Megatron's rope counts them."""
    return int(not_none(config.kv_channels) * percent)


def unfit_for_ropes(field: str, config: TransformerConfig) -> list[str]:
    """What a field needs that changes the angles which attention is handed."""
    wanted = {
        "multi_latent_attention": (config.multi_latent_attention, False),
        "mrope_section": (config.mrope_section, None),
        "flash_decode": (config.flash_decode, False),
        "context_parallel_size": (config.context_parallel_size, 1),
        "hybrid_context_parallel": (config.hybrid_context_parallel, False),
    }
    return unmet(field, wanted)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if layers.rotary_base_by_layer is None:
        return layer
    return with_self_attention(layer, OwnRope, **{name: vars(layers)[name] for name in _FIELDS})


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if layers.rotary_base_by_layer is None:
        return [] if layers.rotary_percent_by_layer is None else ["rotary_percent_by_layer needs rotary_base_by_layer"]
    bases = [base for base in layers.rotary_base_by_layer if base is not None]
    complaints = [] if bases else ["rotary_base_by_layer has a base for no layer: leave it out"]
    complaints += [
        f"rotary_base_by_layer has {shown(base)}, and a base must be a number above zero"
        for base in dict.fromkeys(bases)
        if not (math.isfinite(base) and base > 0)
    ]
    complaints += _of_parts(layers.rotary_percent_by_layer, layers.rotary_base_by_layer, config)
    return complaints + unfit_for_ropes("rotary_base_by_layer", config)


def _of_parts(
    parts: tuple[float | None, ...] | None, bases: tuple[float | None, ...], config: TransformerConfig
) -> list[str]:
    if parts is None:
        return []
    given = [part for part in parts if part is not None]
    complaints = [] if given else ["rotary_percent_by_layer has a part for no layer: leave it out"]
    if any(part is not None and base is None for part, base in zip(parts, bases, strict=False)):
        complaints.append("rotary_percent_by_layer has a part for a layer that has no base in rotary_base_by_layer")
    return complaints + [
        f"rotary_percent_by_layer has {shown(part)}, and of kv_channels={config.kv_channels} that must be an even "
        "number of channels, from two to all"
        for part in dict.fromkeys(given)
        if not (math.isfinite(part) and _rotated(config, part) in range(2, not_none(config.kv_channels) + 1, 2))
    ]


_FIELDS: Final = ("rotary_base_by_layer", "rotary_percent_by_layer")
CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
