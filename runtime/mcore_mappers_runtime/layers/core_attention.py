"""Core attention that layers change: what makes outputs of heads from queries, keys and values."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayerSubmodules
from torch import Tensor

from ..shown import shown
from .change import extended, with_submodules

_UNKNOWN: Final = (
    "a model with layers that change core attention has no engine with dynamic batches, whose kernels know nothing of "
    "them: generate in static batches, or by another engine"
)


class OwnCoreAttention(SelfAttention):
    """Self-attention whose core attention computes all attention, or none is computed."""

    def flash_decode_and_prefill(self, *args: Any, **kwargs: Any) -> NoReturn:
        """What Megatron calls in place of the core attention, of dynamic batches.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(_UNKNOWN)


def with_core_attention(layer: ModuleSpec, core_attention: Any) -> ModuleSpec:
    """The spec of a layer with this in the place of its core attention, where it has softmax attention of heads."""
    found = _self_attention(layer)
    if found is None:
        return layer
    changed = with_submodules(found, core_attention=core_attention)
    return with_submodules(layer, self_attention=extended(changed, OwnCoreAttention))


def _self_attention(layer: ModuleSpec) -> ModuleSpec | None:
    held = layer.submodules
    if not isinstance(held, TransformerLayerSubmodules):
        return None
    attention = held.self_attention
    if isinstance(attention, ModuleSpec) and isinstance(attention.submodules, SelfAttentionSubmodules):
        return attention
    return None


def starts_of(packed: PackedSeqParams) -> list[int]:
    """Where packed sequences start, but for the first. Padding is after its sequence: what it gives, nobody reads."""
    held = vars(packed)
    padded: Tensor | None = held["cu_seqlens_q_padded"]
    bounds: Tensor = held["cu_seqlens_q"] if padded is None else padded
    inner: Any = bounds[1:-1]
    starts: list[int] = inner.tolist()
    return starts


def lacking(field: str, config: TransformerConfig, wanted: dict[str, tuple[object, object]]) -> list[str]:
    """What any change of core attention needs of a config, and more that this one wants.

    Args:
        field: with its value, as it is said.
        config: the inner one.
        wanted: fields of the config, each with what it has and what it must have.
    """
    everywhere: dict[str, tuple[object, object]] = {
        "multi_latent_attention": (config.multi_latent_attention, False),
        "context_parallel_size": (config.context_parallel_size, 1),
        "flash_decode": (config.flash_decode, False),
    }
    return [
        f"{field} needs {name}={want!r}, not {shown(value)}"
        for name, (value, want) in {**everywhere, **wanted}.items()
        if value != want
    ]
