"""Core attention that layers change: what makes outputs of heads from queries, keys and values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, Final, NoReturn, TypeGuard

from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.multi_latent_attention import MLASelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayerSubmodules
from torch import Tensor

from ..shown import shown
from .change import extended, joined, unmet, with_submodules

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


class StaticBatches(SelfAttention):
    """Self-attention with keys and values that an engine with dynamic batches cannot hold in its cache of blocks."""

    def __init__(self, *args: Any, uncached: str, **kwargs: Any) -> None:
        """As Megatron's; `uncached` is the field of layers that makes it so."""
        super().__init__(*args, **kwargs)
        self.uncached = uncached

    def _adjust_key_value_for_inference(self, inference_context: Any, *args: Any, **kwargs: Any) -> Any:
        """As Megatron's.

        Raises:
            NotImplementedError: inference is in dynamic batches.
        """
        if inference_context is not None and not inference_context.is_static_batching():
            raise NotImplementedError(
                f"{self.uncached}: the cache of an engine with dynamic batches is of one shape for all layers, keys "
                "and values: generate in static batches, or by another engine"
            )
        stock: Any = super()
        return stock._adjust_key_value_for_inference(inference_context, *args, **kwargs)


def with_core_attention(layer: ModuleSpec, core: Any, **params: Any) -> ModuleSpec:
    """The spec of a layer with this in the place of its core attention, where it has softmax attention of heads."""

    def replaced(stock: Any) -> Any:
        del stock
        return partial(built, core=core, extensions=(), **params)

    return _with_core_attention(layer, replaced)


def with_extended_core_attention(layer: ModuleSpec, extension: Any, **params: Any) -> ModuleSpec:
    """As `with_core_attention`, of a class that is `extension` of the one there, and takes these parameters more."""

    def extended_core(stock: Any) -> Any:
        held = stock.keywords if isinstance(stock, partial) else {"core": stock, "extensions": ()}
        return partial(built, **{**held, **params, "extensions": (*held["extensions"], extension)})

    return _with_core_attention(layer, extended_core)


def with_extended_latent_core_attention(layer: ModuleSpec, extension: Any, **params: Any) -> ModuleSpec:
    """As `with_extended_core_attention`, where a layer has latent attention; Megatron wants a spec or a class there.

    No engine with dynamic batches passes by it: that caches latents, as a config with this change cannot.
    """
    held = layer.submodules
    attention = held.self_attention if isinstance(held, TransformerLayerSubmodules) else None
    if not isinstance(attention, ModuleSpec) or not isinstance(attention.submodules, MLASelfAttentionSubmodules):
        return layer
    stock: Any = attention.submodules.core_attention
    core = ModuleSpec(module=BuiltBySpec, params={"core": stock, "extensions": (extension,), **params})
    return with_submodules(layer, self_attention=with_submodules(attention, core_attention=core))


class BuiltBySpec:
    """What makes the same as `built`, where Megatron wants a class."""

    def __new__(cls, **params: Any) -> Any:
        return built(**params)


def built(*, core: Any, extensions: tuple[Any, ...], **params: Any) -> Any:
    """A core attention of a class and its extensions, the last of which is around all others."""
    return reduce(lambda cls, extension: joined(extension, cls), extensions, core)(**params)


def _with_core_attention(layer: ModuleSpec, change: Callable[[Any], Any]) -> ModuleSpec:
    found = _self_attention(layer)
    if found is None:
        return layer
    held: Any = found.submodules
    changed = with_submodules(found, core_attention=change(held.core_attention))
    return with_submodules(layer, self_attention=extended(changed, OwnCoreAttention))


def _self_attention(layer: ModuleSpec) -> ModuleSpec | None:
    held = layer.submodules
    if not isinstance(held, TransformerLayerSubmodules):
        return None
    attention = held.self_attention
    if isinstance(attention, ModuleSpec) and isinstance(attention.submodules, SelfAttentionSubmodules):
        return attention
    return None


def is_packed(packed: PackedSeqParams | None) -> TypeGuard[PackedSeqParams]:
    """Whether sequences come one after the other, [tokens, heads, channels]."""
    return packed is not None and packed.qkv_format == "thd"


def bounds_of(packed: PackedSeqParams) -> Tensor:
    """Where packed sequences start, and where the last one ends.

    Padding counts as a part of the sequence that it follows, which does not see it: what it gives, nobody reads.
    """
    held = vars(packed)
    padded: Tensor | None = held["cu_seqlens_q_padded"]
    bounds: Tensor = held["cu_seqlens_q"] if padded is None else padded
    return bounds


def listed(bounds: Tensor) -> list[int]:
    """The same, on the host."""
    numbers: Any = bounds
    found: list[int] = numbers.tolist()
    return found


def is_in(freq: tuple[int, ...] | None, layer_number: int) -> bool:
    """Whether a list of 1 for each layer that has something has this one, counted from one; None is for all layers."""
    return freq is None or freq[layer_number - 1] == 1


def misfits_of_freq(name: str, freq: tuple[int, ...] | None) -> list[str]:
    """What is wrong with such a list."""
    if freq is None or ({*freq} <= {0, 1} and any(freq)):
        return []
    return [f"{name}={shown(freq)} must have 1 for some layers, and 0 for others: leave it out for all layers"]


def lacking(
    field: str, config: TransformerConfig, wanted: dict[str, tuple[object, object]], *, latent: bool = False
) -> list[str]:
    """What any change of core attention needs of a config, and more that this one wants.

    Args:
        field: with its value, as it is said.
        config: the inner one.
        wanted: fields of the config, each with what it has and what it must have.
        latent: whether latent attention can have this change too, whose core attention is none of its latents.
    """
    everywhere: dict[str, tuple[object, object]] = {
        "context_parallel_size": (config.context_parallel_size, 1),
        "flash_decode": (config.flash_decode, False),
    }
    if not latent:
        everywhere["multi_latent_attention"] = (config.multi_latent_attention, False)
    elif isinstance(config, MLATransformerConfig):
        everywhere["cache_mla_latents"] = (config.cache_mla_latents, False)
    return unmet(field, {**everywhere, **wanted})
