"""Copy the weights of a Hugging Face model into a Megatron model, strictly, by tables.

A row says which Hugging Face tensors a Megatron tensor is made of, and how. Layouts are tables put together from the
rows below; a new family names one in its proof if it is of a known kind, and adds a few rows if not.

In names, `{kind}` is `weight` or `bias` and `{expert}` a number, the same on both sides of a row. `name[{expert}]` is
one slice of a stacked tensor. A row whose sources do not all exist does not apply, so one table serves models with and
without biases, experts or tied embeddings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from megatron.core.transformer.heterogeneous.heterogeneous_config import HeterogeneousTransformerConfig
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor
from transformers import PreTrainedConfig, PreTrainedModel

from tests.numerics.transforms import Transform, copy

_PLACEHOLDERS = {"kind": "weight|bias", "expert": r"\d+"}

# Names of tensors in Transformer Engine's layers, which hold the norm before them and all experts of a layer, and what
# local layers call these. Layouts have the latter.
_FUSED: Sequence[tuple[str, str]] = (
    (r"self_attention\.(?:linear_qkv|in_proj)\.layer_norm_(weight|bias)", r"input_layernorm.\1"),
    (r"self_attention\.linear_(q|kv)_up_proj\.layer_norm_(weight|bias)", r"self_attention.\1_layernorm.\2"),
    (r"mlp\.linear_fc1\.layer_norm_(weight|bias)", r"pre_mlp_layernorm.\1"),
    (r"mixer\.in_proj\.layer_norm_(weight|bias)", r"norm.\1"),
    # A single projection in place of attention, or of an MLP.
    (r"self_attention\.layer_norm_(weight|bias)", r"input_layernorm.\1"),
    (r"mlp\.layer_norm_(weight|bias)", r"pre_mlp_layernorm.\1"),
    (r"mlp\.experts\.linear_fc([12])\.(weight|bias)(\d+)", r"mlp.experts.local_experts.\3.linear_fc\1.\2"),
)


def local_name(name: str) -> str:
    """What the local layers call a tensor of a layer, given what Transformer Engine's layers call it."""
    for fused, local in _FUSED:
        if found := re.fullmatch(fused, name):
            return found.expand(local)
    return name


@dataclass(frozen=True)
class Row:
    target: str
    sources: tuple[str, ...]
    transform: Transform = copy

    def match(self, name: str) -> Mapping[str, str] | None:
        """The values of the placeholders if this row is for the Megatron tensor of that name."""
        found = _pattern(self.target).fullmatch(name)
        return None if found is None else found.groupdict()


@cache
def _pattern(target: str) -> re.Pattern[str]:
    pattern = re.escape(target)
    for placeholder, values in _PLACEHOLDERS.items():
        pattern = pattern.replace(re.escape(f"{{{placeholder}}}"), f"(?P<{placeholder}>{values})", 1)
    return re.compile(pattern)


@dataclass(frozen=True)
class Layout:
    """Rows for the whole model, and rows for one layer whose names are relative to that layer."""

    layers: str
    model: tuple[Row, ...]
    layer: tuple[Row, ...]


class CopyError(AssertionError):
    """The two models do not have the same weights. Lists everything that does not fit."""


class _Sources:
    """The Hugging Face tensors, each of which (or each slice of which) can be taken once."""

    def __init__(self, model: torch.nn.Module) -> None:
        stored = model.state_dict(keep_vars=True)
        # `named_parameters` gives a tied weight once, under its first name.
        parameters = {name: parameter.detach() for name, parameter in model.named_parameters()}
        buffers = {name: buffer for name, buffer in model.named_buffers() if name in stored}
        self.tensors: dict[str, Tensor] = parameters | buffers
        # An empty tensor (no shared experts) is no weight.
        self.left = {name for name, tensor in self.tensors.items() if tensor.numel()}
        self._slices: dict[str, set[int]] = {}

    def has(self, source: str) -> bool:
        return source.partition("[")[0] in self.tensors

    def take(self, source: str) -> Tensor:
        name, _, index = source.rstrip("]").partition("[")
        if name not in self.left:
            raise CopyError(f"{name} is needed twice")
        if not index:
            self.left.remove(name)
            return self.tensors[name]
        tensor = self.tensors[name]
        remaining = self._slices.setdefault(name, set(range(tensor.shape[0])))
        if int(index) not in remaining:
            raise CopyError(f"{source} is needed twice, or there is no such slice")
        remaining.remove(int(index))
        if not remaining:
            self.left.remove(name)
        return tensor[int(index)]


@torch.no_grad()
def copy_weights(layout: Layout, source: PreTrainedModel, target: torch.nn.Module, config: TransformerConfig) -> None:
    """Fill every parameter and stored buffer of the Megatron model and use every one of the Hugging Face model."""
    sources = _Sources(source)
    stored = target.state_dict(keep_vars=True)
    targets: dict[str, Tensor] = dict(target.named_parameters())
    targets |= {name: buffer for name, buffer in target.named_buffers() if name in stored}
    per_layer = _symbols_per_layer(source.config, targets)

    problems: list[str] = []
    for name, tensor in targets.items():
        found = list(_applying(layout, name, per_layer, sources))
        if len(found) != 1:
            problems.append(f"Megatron's {name} {tuple(tensor.shape)}: {len(found)} rows apply")
            continue
        ((row, names),) = found
        try:
            value = row.transform([sources.take(each) for each in names], _config_of(name, config), tensor.shape)
        except (CopyError, RuntimeError) as error:
            problems.append(f"Megatron's {name}: {error}")
            continue
        if value.shape != tensor.shape:
            problems.append(f"Megatron's {name} is {tuple(tensor.shape)}, {' + '.join(names)} is {tuple(value.shape)}")
            continue
        tensor.copy_(value)
    problems += [f"Hugging Face's {name} {tuple(sources.tensors[name].shape)}: unused" for name in sorted(sources.left)]
    if problems:
        raise CopyError("\n".join((*_folded(problems), _FITS)))


_FITS = "Either the models differ, or the proof's layout is of other names: tests/numerics/layouts.py has several."


def _folded(problems: Iterable[str]) -> Iterator[str]:
    """Of what is alike but for the layer or the expert, the first, and of how many it is true."""
    alike: dict[str, list[str]] = {}
    for each in problems:
        alike.setdefault(re.sub(r"\d+(?=\.)", "{}", each), []).append(each)
    for first, *others in alike.values():
        yield f"{first}; {len(others)} more like it" if others else first


def _config_of(name: str, config: TransformerConfig) -> TransformerConfig:
    """The config of the layer that a tensor belongs to, where layers differ."""
    in_layer = re.match(r"decoder\.layers\.(\d+)\.", name)
    if in_layer is None or not isinstance(config, HeterogeneousTransformerConfig):
        return config
    return config.get_config_for_layer(int(in_layer[1]) + 1)


def _applying(layout: Layout, name: str, per_layer: int, sources: _Sources) -> Sequence[tuple[Row, tuple[str, ...]]]:
    """The rows for a Megatron tensor whose sources exist, with the names of these sources."""
    rows, prefix = layout.model, ""
    if in_layer := re.fullmatch(r"decoder\.layers\.(\d+)\.(.+)", name):
        name = local_name(in_layer[2])
        rows, prefix = layout.layer, layout.layers.format(int(in_layer[1]) // per_layer)
    applying: list[tuple[Row, tuple[str, ...]]] = []
    for row in rows:
        values = row.match(name)
        if values is None:
            continue
        names = tuple(prefix + each.format(**values) for each in row.sources)
        if all(sources.has(each) for each in names):
            applying.append((row, names))
    return applying


def _symbols_per_layer(config: PreTrainedConfig, targets: Iterable[str]) -> int:
    """2 where a hybrid model writes one Hugging Face layer as two symbols (`*-`), else 1."""
    found = (re.match(r"decoder\.layers\.(\d+)\.", name) for name in targets)
    ours = 1 + max(int(layer[1]) for layer in found if layer)
    theirs: int = config.num_hidden_layers
    if ours not in (theirs, 2 * theirs):
        raise CopyError(f"Megatron has {ours} layers, Hugging Face {theirs}")
    return ours // theirs
