"""The types of MLPs: which layers have experts, by a list of Hugging Face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._hybrid import experts_by_layer

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from ._check import Check

DENSE, SPARSE = "dense", "sparse"
_TYPES = frozenset((DENSE, SPARSE))


def sparse_layers(check: Check, mlp_layer_types: Sequence[str] | None, num_layers: int) -> list[int]:
    """1 for each layer with experts, 0 for each without; a list of another length or with other types is refused."""
    if mlp_layer_types is None or len(mlp_layer_types) != num_layers:
        check.refuse("mlp_layer_types", mlp_layer_types, f"must list {num_layers} layers, as num_hidden_layers says")
        return [0] * num_layers
    if not _TYPES.issuperset(mlp_layer_types):
        unknown = [each for each in dict.fromkeys(mlp_layer_types) if each not in _TYPES]
        reason = f"transformers has {DENSE!r} and {SPARSE!r}, and no {', '.join(map(repr, unknown))}"
        check.refuse("mlp_layer_types", mlp_layer_types, reason)
    return [1 if each == SPARSE else 0 for each in mlp_layer_types]


def mlp_types(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    """The list that became the layers with experts."""
    return [SPARSE if experts else DENSE for experts in experts_by_layer(model)]
