"""The types of MLPs: which layers have experts, by a list of Hugging Face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .hybrid import experts_by_layer
from .layer_kinds import second_of_two

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

DENSE, SPARSE = "dense", "sparse"


def sparse_layers(check: Check, mlp_layer_types: Sequence[str] | None, num_layers: int) -> list[int]:
    """1 for each layer with experts, 0 for each without; a list of another length or with other types is refused."""
    if mlp_layer_types is None or len(mlp_layer_types) != num_layers:
        check.refuse("mlp_layer_types", mlp_layer_types, f"must list {num_layers} layers, as num_hidden_layers says")
        return [0] * num_layers
    return second_of_two(check, "mlp_layer_types", mlp_layer_types, (DENSE, SPARSE), "transformers")


def mlp_types(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    """The list that became the layers with experts."""
    return [SPARSE if experts else DENSE for experts in experts_by_layer(model)]
