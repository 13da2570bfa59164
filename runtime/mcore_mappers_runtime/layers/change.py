"""What a field of `Layers` changes in a layer's spec."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from megatron.core.transformer.attention import SelfAttention, SelfAttentionSubmodules
from megatron.core.transformer.multi_latent_attention import MLASelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec, get_submodules
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayerSubmodules
from megatron.core.typed_torch import not_none
from torch import Tensor

from ..shown import shown
from .fields import Layers


@dataclass(frozen=True)
class Parts:
    """What layers are made of."""

    config: TransformerConfig
    """Of the model."""
    layer_norm: Any
    """A norm of the kind that the config says, alone."""
    column_parallel_linear: type
    """A projection without a norm in it."""
    column_parallel_layer_norm_linear: type | None
    """A projection with the norm before it, where the backend has such."""


@dataclass(frozen=True)
class Change:
    """One computation, which some fields of `Layers` describe."""

    fields: tuple[str, ...]
    of_layer: Callable[[ModuleSpec, Layers, Parts], ModuleSpec]
    """The spec of a layer with the computation, from the spec of one without; the same spec where it has no part that
    changes. What differs by layer is decided by its modules, which know their layer numbers: of a hybrid model the
    layers of a kind share one spec."""
    lacking: Callable[[Layers, TransformerConfig], list[str]]
    """What the fields need, and an inner config does not have."""
    hybrid: bool = True
    """Whether hybrid models can have it."""


@dataclass(frozen=True)
class Projection:
    """What builds a projection of other sizes than those that the attention asks for, or with another bias."""

    linear: Any
    """Megatron's class for it."""
    inputs: int | None = None
    outputs: int | None = None
    bias: bool | None = None

    def __call__(self, inputs: int, outputs: int, *args: Any, **kwargs: Any) -> Any:
        if self.bias is not None:
            kwargs["bias"] = self.bias
        return self.linear(self.inputs or inputs, self.outputs or outputs, *args, **kwargs)


def normed_parts(attention: SelfAttention, hidden_states: Tensor, *widths: int) -> tuple[Tensor, ...]:
    """What attention projects hidden states to, where its query groups are wider or narrower than Megatron's.

    Args:
        attention: whose projection has for each query group its queries, its key and what comes after.
        hidden_states: [s, b, hidden].
        widths: of what comes after the key, but for the last, which has the rest.

    Returns:
        Queries [s, b, heads, channels] and keys [s, b, groups, channels], each after its norm; then [s, b, groups,
        width] of what comes after.
    """
    held: Any = attention
    mixed: Tensor = held.linear_qkv(hidden_states)[0]
    groups: int = held.num_query_groups_per_partition
    width: int = held.hidden_size_per_attention_head
    queries: int = held.num_attention_heads_per_partition // groups * width
    of_groups = mixed.view(*mixed.shape[:-1], groups, -1)
    ends = tuple(itertools.accumulate((queries, width, *widths)))
    query, key, *others = of_groups.tensor_split(ends, dim=-1)
    query = query.reshape(*query.shape[:2], -1, width)
    if held.q_layernorm is not None:
        query = held.q_layernorm(query)
    if held.k_layernorm is not None:
        key = held.k_layernorm(key)
    return query, key, *others


def nothing(layers: Layers, config: TransformerConfig) -> list[str]:
    """For changes that need nothing of the config."""
    del layers, config
    return []


def with_submodules(spec: ModuleSpec, **submodules: Any) -> ModuleSpec:
    """A copy of the spec, with other submodules in some places."""
    held: Any = spec.submodules
    return dataclasses.replace(spec, submodules=dataclasses.replace(held, **submodules))


def with_held(spec: Any, **submodules: Any) -> Any:
    """The same of an MLP or experts, whose spec can be a partial one."""
    if isinstance(spec, ModuleSpec):
        return with_submodules(spec, **submodules)
    held = dataclasses.replace(spec.keywords["submodules"], **submodules)
    return functools.partial(spec.func, *spec.args, **{**spec.keywords, "submodules": held})


def without_norm(spec: Any, name: str, parts: Parts) -> Any:
    """Attention or an MLP with its projection `name` alone, where Transformer Engine has the norm before that in it."""
    joined = parts.column_parallel_layer_norm_linear
    held: Any = get_submodules(spec)
    if joined is None or getattr(held, name, None) is not joined:
        return spec
    return with_held(spec, **{name: parts.column_parallel_linear})


def extended(spec: ModuleSpec, extension: Any) -> ModuleSpec:
    """A copy of the spec with a subclass of its module: `extension`, which is a subclass of Megatron's own.

    Several changes extend a class one after the other. Each calls `super()`, so that all of them take effect.
    """
    module: Any = vars(spec)["module"]
    return dataclasses.replace(spec, module=joined(extension, module))


def unmet(said: str, wanted: Mapping[str, tuple[object, object]]) -> list[str]:
    """A complaint of each field that has not the value that a field of layers needs.

    Args:
        said: the field of layers, with its value where that matters.
        wanted: by the name of a field, the value that it has and the one that it must have.
    """
    return [
        f"{said} needs {name}={want!r}, not {shown(value)}" for name, (value, want) in wanted.items() if value != want
    ]


def split_groups(said: str, layers: Layers, config: TransformerConfig) -> list[str]:
    """A complaint where ranks would hold parts of query groups; those of single layers are looked at where they are.

    Args:
        said: what needs whole ones, with its value.
        layers: all of the model's.
        config: the inner config.
    """
    groups, ranks = not_none(config.num_query_groups), config.tensor_model_parallel_size
    if layers.num_query_groups_by_layer is not None or groups % ranks == 0:
        return []
    whole = f"tensor_model_parallel_size={ranks} must divide num_query_groups={groups}"
    return [f"{said} needs whole query groups on every rank: {whole}"]


def with_self_attention(layer: ModuleSpec, extension: Any, **params: Any) -> ModuleSpec:
    """A copy of a layer's spec, with a subclass of its self-attention; the same spec where it has none.

    Args:
        layer: the spec of a layer.
        extension: a subclass of Megatron's own.
        params: what that is built with besides.
    """
    return _with_attention(layer, SelfAttentionSubmodules, extension, params)


def with_latent_attention(layer: ModuleSpec, extension: Any, **params: Any) -> ModuleSpec:
    """The same of latent self-attention."""
    return _with_attention(layer, MLASelfAttentionSubmodules, extension, params)


def _with_attention(layer: ModuleSpec, kind: type, extension: Any, params: Mapping[str, Any]) -> ModuleSpec:
    held = layer.submodules
    attention = held.self_attention if isinstance(held, TransformerLayerSubmodules) else None
    if not isinstance(attention, ModuleSpec) or not isinstance(attention.submodules, kind):
        return layer
    stated: dict[str, Any] = vars(attention)["params"]
    own = dataclasses.replace(extended(attention, extension), params={**stated, **params})
    return with_submodules(layer, self_attention=own)


def not_latent(said: str, config: TransformerConfig) -> list[str]:
    """A complaint where a model has no latent attention, which a field of layers is of; `said` as in `unmet`."""
    if not config.multi_latent_attention:
        return [f"{said} needs multi_latent_attention=True, not {shown(config.multi_latent_attention)}"]
    # Only that class has the widths and the rope of latent attention.
    return [] if isinstance(config, MLATransformerConfig) else [f"{said} needs an MLATransformerConfig"]


@functools.cache
def joined(extension: Any, module: Any) -> type:
    """The class that is `extension` of `module`; the same of the same two, and `module` where it is that already."""
    if issubclass(module, extension):
        return cast("type", module)
    return extension if issubclass(extension, module) else type(extension.__name__, (extension, module), {})
