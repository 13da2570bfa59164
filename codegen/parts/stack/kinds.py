"""Attention in every layer of a class that has other kinds of layers, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Guard, Ignored, Inverse, Kind, Part, Words, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.windows import window_types


class NumberedConfig(Protocol):
    """A config with a number of layers."""

    num_hidden_layers: int


class LayerTypesConfig(Protocol):
    """A config with a type for each layer."""

    num_hidden_layers: int
    layer_types: list[str] | None


def attends_everywhere(hf: LayerTypesConfig) -> bool:
    return hf.layer_types == ["full_attention"] * hf.num_hidden_layers


def layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return window_types(model)


def full_attention(why: str) -> Guard:
    """The row of `layer_types`.

    Args:
        why: what Megatron does not have.
    """
    return require(
        "layer_types",
        attends_everywhere,
        f"must be 'full_attention' for every layer: {why}",
        inverse=(Inverse("layer_types", layer_types_back),),
    )


def layer_types_alone(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return ["full_attention" for _ in window_types(model)]


def no_other_attention(why: str) -> Guard:
    """The same of a class that has such attention only where its config says so.

    The round trip leaves windows out, and so finds that they are missing.

    Args:
        why: what Megatron does not have.
    """
    return replace(full_attention(why), inverse=(Inverse("layer_types", layer_types_alone),))


ONE_KIND_OF_LAYER: Final = Part(
    rows=(
        Ignored(
            "layer_types",
            Kind.INFERENCE,
            "this class has one kind of layer; only the cache of generation and a nested rope_parameters look here",
        ),
    )
)
"""One kind of layer, whatever `layer_types` lists."""


def attends_everywhere_if_set(hf: NumberedConfig, check: Check) -> bool:
    return (
        not check.is_set("layer_types") or check.undeclared("layer_types") == ["full_attention"] * hf.num_hidden_layers
    )


UNDECLARED_LAYER_TYPES: Final = Part(
    rows=(
        require(
            "layer_types",
            attends_everywhere_if_set,
            "must be 'full_attention' for every layer, or be left out: attention looks its own up, and has one kind",
        ),
    ),
)
"""One kind of layer, in classes whose attention looks for a list that they do not declare."""

MIXERS_BY_NAME: Final = Words((("mamba", "linear_attention"), ("attention", "full_attention")))
"""What types of layers were called in older classes that have Mamba."""
