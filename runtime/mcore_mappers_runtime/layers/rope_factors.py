"""A rope whose pairs of channels have factors of their own, some for short texts and others for long ones."""

from __future__ import annotations

import math
from typing import Any, Final, cast

import torch
from megatron.core.transformer.attention import SelfAttention
from megatron.core.transformer.multi_latent_attention import MLASelfAttention
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.core.typed_torch import not_none
from torch import Tensor

from .change import Change, Parts, not_latent, unmet, with_latent_attention, with_self_attention
from .fields import Layers
from .own_ropes import unfit_for_ropes


class LongRope(SelfAttention):
    """Self-attention by LongRoPE, of which the rope of the model is the part that no factor changes.

    `longrope_frequency_update` and `_compute_longrope_parameters` of transformers' modeling_rope_utils: the angles of
    each pair of channels are divided by its factor for short texts, or for long ones, as soon as the longest text of a
    batch has more tokens than the original length; and cosines and sines are multiplied by the attention factor. What
    is rotated is multiplied here instead, because kernels that fuse the rope know no such factor.
    """

    def __init__(self, *args: Any, long_rope: Layers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.original_length = not_none(long_rope.rope_original_max_position_embeddings)
        self.attention_factor = long_rope.rope_attention_factor
        # No buffers: a model in bfloat16 keeps them in float32. And numbers in a model that is made on the meta device
        # too, as `init_model_with_meta_device` has it.
        self.short_factor = torch.tensor(long_rope.rope_short_factor, dtype=torch.float32, device="cpu")
        self.long_factor = torch.tensor(long_rope.rope_long_factor, dtype=torch.float32, device="cpu")

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's layers call it: with the angles of the model by keyword, [s, 1, 1, channels].

        Raises:
            ValueError: the model hands over no angles, or for more tokens than the original length where that is not
                how long the texts are: of packed sequences each is as long as it is, and a cache of keys has room for
                more tokens than there are.
        """
        of_model: Tensor | None = kwargs.get("rotary_pos_emb")
        if of_model is None:
            raise ValueError(
                "rope_short_factor and rope_long_factor need position_embedding_type='rope', and inference without "
                "flashinfer's fused rope: the model hands over no angles"
            )
        length = of_model.shape[0]
        others = [
            name
            for name in ("packed_seq_params", "inference_context", "inference_params")
            if kwargs.get(name) is not None
        ]
        if length > self.original_length and others:
            raise ValueError(
                f"rope_short_factor and rope_long_factor: with {others[0]} for up to {length} tokens it is not known "
                f"which texts are longer than the {self.original_length} up to which the former holds; keep below that"
            )
        kwargs["rotary_pos_emb"] = of_model / self._factors(length, of_model.device)
        return super().forward(*args, **kwargs)

    def _factors(self, length: int, device: torch.device) -> Tensor:
        """For each rotated channel, where the rope of the model has its pair."""
        if self.short_factor.device != device:
            self.short_factor, self.long_factor = self.short_factor.to(device), self.long_factor.to(device)
        factors = self.long_factor if length > self.original_length else self.short_factor
        return factors.repeat_interleave(2) if self.config.rotary_interleaved else factors.repeat(2)

    def get_query_key_value_tensors(self, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's, [s, b, heads, channels], with queries and keys multiplied where they are rotated."""
        given: Any = super().get_query_key_value_tensors(*args, **kwargs)
        query, key, *others = given
        return self._multiplied(query), self._multiplied(key), *others

    def _multiplied(self, x: Tensor) -> Tensor:
        if self.attention_factor == 1.0:
            return x
        rotated = 2 * len(self.short_factor)
        return torch.cat((x[..., :rotated] * self.attention_factor, x[..., rotated:]), dim=-1)


class LatentLongRope(MLASelfAttention):
    """Latent attention whose rope has a factor for each pair of channels, the same for texts of all lengths.

    `_compute_longrope_parameters` of transformers' modeling_rope_utils, of MiniCPM3. Megatron's latent attention makes
    its angles itself, from frequencies that are divided here.
    """

    def __init__(self, *args: Any, long_rope: Layers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rope: Any = self.rotary_pos_emb
        frequencies: Tensor = rope.inv_freq
        factors = not_none(long_rope.rope_short_factor)
        rope.inv_freq = frequencies / torch.tensor(factors, dtype=torch.float32, device=frequencies.device)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    if layers.rope_short_factor is None:
        return layer
    layer = with_self_attention(layer, LongRope, long_rope=layers)
    return with_latent_attention(layer, LatentLongRope, long_rope=layers)


_FIELDS: Final = (
    "rope_short_factor",
    "rope_long_factor",
    "rope_original_max_position_embeddings",
    "rope_attention_factor",
)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not set(_FIELDS) & set(layers.present()):
        return []
    short, long = layers.rope_short_factor, layers.rope_long_factor
    original = layers.rope_original_max_position_embeddings
    if short is None or long is None or original is None:
        return [f"{', '.join(_FIELDS[:3])} go together: there must be all of them or none, and no other without them"]
    complaints: list[str] = []
    pairs = _rotated(config) // 2
    if len(short) != len(long) or not 1 <= len(short) <= pairs:
        complaints.append(
            f"rope_short_factor has {len(short)} factors and rope_long_factor {len(long)}: they must have as many, and "
            f"at most the {pairs} pairs of a head"
        )
    if not all(math.isfinite(each) and each > 0 for each in (*short, *long, layers.rope_attention_factor, original)):
        complaints.append("rope_short_factor and what goes with it must be numbers above zero")
    if config.fused_single_qkv_rope:
        complaints.append("rope_short_factor needs fused_single_qkv_rope=False: its kernel does not hand over queries")
    if layers.rotary_base_by_layer is not None:
        complaints.append("rope_short_factor needs rotary_base_by_layer=None: all layers have one rope")
    if config.multi_latent_attention:
        return complaints + _of_latent_attention(layers, config)
    return complaints + unfit_for_ropes("rope_short_factor", config)


def _rotated(config: TransformerConfig) -> int:
    """How many channels of a head can be rotated."""
    if isinstance(config, MLATransformerConfig) and config.multi_latent_attention:
        return config.qk_pos_emb_head_dim
    return not_none(config.kv_channels)


def _of_latent_attention(layers: Layers, config: TransformerConfig) -> list[str]:
    said = "rope_short_factor in latent attention"
    if complaints := not_latent(said, config):
        return complaints
    latent = cast("MLATransformerConfig", config)
    wanted: dict[str, tuple[object, object]] = {
        "rope_long_factor": (layers.rope_long_factor, layers.rope_short_factor),
        "rope_attention_factor": (layers.rope_attention_factor, 1.0),
        "rope_type": (latent.rope_type, "rope"),
        "experimental_attention_variant": (latent.experimental_attention_variant, None),
    }
    return unmet(said, wanted)


CHANGE: Final = Change(_FIELDS, _of_layer, _lacking)
