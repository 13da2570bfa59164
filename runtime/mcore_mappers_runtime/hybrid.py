"""A decoder as a hybrid model, in which the mixer and the MLP of a layer are two layers, one symbol each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .by_layer import experts
from .layer_kinds import HybridPattern

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

ATTENTION, LATENT_ATTENTION, DELTA_NET, MAMBA = "*", "+", "G", "M"
MLP, EXPERTS = "-", "E"
ATTENDING = (ATTENTION, LATENT_ATTENTION, "D")
"""The last is DeepSeek's sparse attention."""


def two_symbols(mixers: Sequence[str], expert_layers: Sequence[int]) -> HybridPattern:
    """The pattern of a decoder.

    Args:
        mixers: the symbol of each layer's mixer.
        expert_layers: 1 for each layer with experts, 0 for each with an MLP.
    """
    each = [mixer + (EXPERTS if expert else MLP) for mixer, expert in zip(mixers, expert_layers, strict=True)]
    layers = "".join(each)
    # Megatron builds a layer that predicts further tokens as the last one.
    return HybridPattern(layers, each[-1] if each else "", mtp_fits=True, layers=layers)


def main_symbols(pattern: str) -> str:
    """One for each layer, without pipeline marks and multi-token prediction."""
    return pattern.partition("/")[0].replace("|", "")


def symbols(model: GPTModelConfig | HybridModelConfig) -> str | None:
    """Those of a hybrid model; None for a GPT model."""
    pattern: str | None = vars(model).get("hybrid_layer_pattern")
    return None if pattern is None else main_symbols(pattern)


def of_mixers[T](model: GPTModelConfig | HybridModelConfig, values: Sequence[T]) -> list[T]:
    """Of values for each of Megatron's layers, those of layers that attend, or mix otherwise."""
    kinds = symbols(model)
    return (
        [*values]
        if kinds is None
        else [value for kind, value in zip(kinds, values, strict=False) if kind not in (MLP, EXPERTS)]
    )


def mixers(model: HybridModelConfig) -> str:
    """The symbol of each layer's mixer."""
    kinds = symbols(model) or ""
    return "".join(of_mixers(model, kinds))


def experts_by_layer(model: GPTModelConfig | HybridModelConfig) -> list[int]:
    """1 for each layer of the decoder with experts, 0 for each without."""
    kinds = symbols(model)
    if kinds is not None:
        return [int(kind == EXPERTS) for kind in kinds if kind in (MLP, EXPERTS)]
    transformer = model.transformer
    return experts(transformer.moe_layer_freq, transformer.num_layers) or [1] * transformer.num_layers


def by_symbol[Value](values: Sequence[Value] | None) -> list[Value] | None:
    """A list with a value for each layer of a decoder, for the two symbols of each; an MLP does not read its own."""
    return None if values is None else [value for value in values for _ in (0, 1)]
