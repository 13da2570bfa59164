"""Rows about mixtures of experts whose config lists which layers have experts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.experts import FREQ, LayersConfig
from codegen.table import Inverse, Local, Rows

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers


class ListedExpertsConfig(LayersConfig, Protocol):
    """A config with a type for the MLP of every layer."""

    mlp_layer_types: list[str] | None


def listed_layers(hf: ListedExpertsConfig, check: Check) -> list[int]:
    return sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)


def mlp_layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return mlp_types(model)


LISTED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Local("expert_layers", listed_layers, inverse=(Inverse("mlp_layer_types", mlp_layer_types_back),)),
        FREQ,
    ),
)
"""Experts where `mlp_layer_types` says "sparse"."""
