"""Layers without rotary embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Inverse, Local, NoInverse, Part

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import layers_with_rope, layers_without_rope, rope_skips


class RopeLayersConfig(Protocol):
    """A config that lists for each layer whether it has rope: 1 if it has, whatever the field's name says."""

    num_hidden_layers: int
    no_rope_layers: list[int] | None


def without_rope(hf: RopeLayersConfig, check: Check) -> list[int]:
    return layers_without_rope(check, "no_rope_layers", hf.no_rope_layers, hf.num_hidden_layers)


def no_rope_freq(without_rope: list[int]) -> list[int] | None:
    return rope_skips(without_rope)


def no_rope_freq_by_symbol(without_rope: list[int]) -> list[int] | None:
    return by_symbol(rope_skips(without_rope))


def no_rope_layers_back(model: GPTModelConfig | HybridModelConfig) -> list[int]:
    return layers_with_rope(model)


_ELSEWHERE: Final = NoInverse("no_rope_layers is read back where it is computed")

ROPE_LAYERS: Final = Part(
    rows=(Local("without_rope", without_rope, (Inverse("no_rope_layers", no_rope_layers_back),)),),
    gpt=(
        Computed(
            "no_rope_freq",
            no_rope_freq,
            "1 for a layer without rope; in no_rope_layers it is 1 for one with it.",
            _ELSEWHERE,
        ),
    ),
    hybrid=(
        Computed(
            "no_rope_freq",
            no_rope_freq_by_symbol,
            "1 for a layer without rope; every layer has two symbols.",
            _ELSEWHERE,
        ),
    ),
)
"""Rope in the layers of which `no_rope_layers` says so."""
