"""Which layers have experts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.stack.pattern import LayersConfig
from codegen.table import Computed, Constant, Inverse, Local, NoInverse, Part, not_negative, positive, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.layer_kinds import dense_first, every_step, layer_indices
    from mcore_mappers_runtime.mlp_types import mlp_types, sparse_layers


class SteppedExpertsConfig(LayersConfig, Protocol):
    """A config with experts every few layers, except those that it lists."""

    decoder_sparse_step: int
    mlp_only_layers: list[int] | None


class FirstDenseConfig(LayersConfig, Protocol):
    """A config whose first layers have no experts."""

    first_k_dense_replace: int | None


def moe_layer_freq(expert_layers: list[int]) -> list[int]:
    return expert_layers


EXPERT_LAYERS: Final = Part(
    gpt=(
        Computed(
            "moe_layer_freq",
            moe_layer_freq,
            "",
            inverse=NoInverse("what it follows from is read back where the layers are computed"),
        ),
    ),
    hybrid=(Constant("moe_layer_freq", 1, "The pattern says which layers have experts."),),
)
"""Experts in the layers of which a local `expert_layers` says so: 1 for each layer with, 0 for each without."""


def all_layers(hf: LayersConfig) -> list[int]:
    return [1] * hf.num_hidden_layers


ALL_EXPERTS: Final = Part(includes=(EXPERT_LAYERS,), rows=(Local("expert_layers", all_layers),))
"""Experts in every layer."""


def mlp_only_layers(hf: SteppedExpertsConfig, check: Check) -> Sequence[int]:
    return layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)


def stepped_layers(hf: SteppedExpertsConfig, mlp_only_layers: Sequence[int]) -> list[int]:
    return every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)


def mlp_only_layers_back(model: GPTModelConfig | HybridModelConfig) -> list[int]:
    return [layer for layer, experts in enumerate(experts_by_layer(model)) if not experts]


def decoder_sparse_step_of() -> int:
    return 1


STEPPED_EXPERTS: Final = Part(
    includes=(EXPERT_LAYERS,),
    rows=(
        Local("mlp_only_layers", mlp_only_layers),
        Local(
            "expert_layers",
            stepped_layers,
            inverse=(
                Inverse("mlp_only_layers", mlp_only_layers_back),
                Inverse("decoder_sparse_step", decoder_sparse_step_of),
            ),
        ),
        *positive("decoder_sparse_step"),
    ),
)
"""Experts every few layers, except those that are listed."""


def layers_after_dense(hf: FirstDenseConfig) -> list[int]:
    return dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)


def says_where_experts_begin(hf: FirstDenseConfig) -> bool:
    return hf.first_k_dense_replace is not None


def first_k_dense_replace_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return experts_by_layer(model).count(0)


AFTER_DENSE: Final = Part(
    includes=(EXPERT_LAYERS,),
    rows=(
        Local(
            "expert_layers",
            layers_after_dense,
            inverse=(Inverse("first_k_dense_replace", first_k_dense_replace_back),),
        ),
        *not_negative("first_k_dense_replace"),
    ),
)
"""Experts in all layers but the first."""

FIRST_DENSE: Final = Part(
    includes=(AFTER_DENSE,),
    rows=(
        require(
            "first_k_dense_replace",
            says_where_experts_begin,
            "must be given: transformers compares it with every layer",
        ),
    ),
)
"""Experts in all layers but the first, whose number may be None by its type."""


class ListedExpertsConfig(LayersConfig, Protocol):
    """A config with a type for the MLP of every layer."""

    mlp_layer_types: list[str] | None


def listed_layers(hf: ListedExpertsConfig, check: Check) -> list[int]:
    return sparse_layers(check, hf.mlp_layer_types, hf.num_hidden_layers)


def mlp_layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return mlp_types(model)


LISTED_EXPERTS: Final = Part(
    includes=(EXPERT_LAYERS,),
    rows=(Local("expert_layers", listed_layers, inverse=(Inverse("mlp_layer_types", mlp_layer_types_back),)),),
)
"""Experts where `mlp_layer_types` says "sparse"."""
