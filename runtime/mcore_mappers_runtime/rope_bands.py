"""Llama 3's rope with other bands of frequencies than Megatron hard-wires, which builders of layers make of it.

Frequencies of longer waves than the original length over `low_freq_factor` are divided by the factor, those of shorter
waves than the length over `high_freq_factor` are not, and those between by something between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from .rope_back import gpt_rope_parameters
from .rope_values import is_number

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from .layers.fields import Layers

_LOW, _HIGH = "low_freq_factor", "high_freq_factor"
_STOCK: Final = {_LOW: 1.0, _HIGH: 4.0}
_ORIGINAL, _LENGTH = "original_max_position_embeddings", 8192


def in_stock_bands(
    rope_parameters: RopeParameters | dict[str, object] | None,
) -> RopeParameters | dict[str, object] | None:
    """The same with Megatron's bands; as it is where it has none that transformers could compute."""
    return {**_values(rope_parameters), **_STOCK} if _bands(rope_parameters) else rope_parameters


def of_megatrons_length(rope_parameters: Mapping[str, object]) -> dict[str, object]:
    """The same rope with bands for Megatron's original length; as it is where nobody could compute that.

    Both sides compare waves with the original length over a factor, and read the length nowhere else.
    """
    bands, length = _bands(rope_parameters), rope_parameters.get(_ORIGINAL)
    if bands is None or not is_number(length) or length <= 0:
        return {**rope_parameters}
    scaled: dict[str, object] = {key: band * _LENGTH / length for key, band in bands.items()}
    return {**rope_parameters, **scaled, _ORIGINAL: _LENGTH}


def has_stock_bands(rope_parameters: RopeParameters | dict[str, object] | None) -> bool:
    """Whether Megatron has such a rope, or nobody: what is no band is refused as such."""
    return _bands(rope_parameters) in (None, _STOCK)


def low_freq_factor(rope_parameters: RopeParameters | dict[str, object] | None) -> float:
    """The factor, or Megatron's where there are no bands."""
    return (_bands(rope_parameters) or _STOCK)[_LOW]


def high_freq_factor(rope_parameters: RopeParameters | dict[str, object] | None) -> float:
    """The factor, or Megatron's where there are no bands."""
    return (_bands(rope_parameters) or _STOCK)[_HIGH]


def banded_rope_parameters(model: GPTModelConfig, layers: Layers) -> dict[str, object]:
    """The rope of a model, with the bands of its layers."""
    return with_bands(gpt_rope_parameters(model), layers)


def with_bands(found: dict[str, object], layers: Layers) -> dict[str, object]:
    """A rope of a model, with the bands of its layers if it is of the type that has some."""
    bands = {_LOW: layers.rope_scaling_low_freq_factor, _HIGH: layers.rope_scaling_high_freq_factor}
    return {**found, **bands} if found["rope_type"] == "llama3" else found


def _values(rope_parameters: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", rope_parameters) if isinstance(rope_parameters, dict) else {}


def _bands(rope_parameters: object) -> dict[str, float] | None:
    values = _values(rope_parameters)
    if values.get("rope_type") != "llama3":
        return None
    found = {key: values.get(key) for key in _STOCK}
    fitting = {key: float(value) for key, value in found.items() if is_number(value) and value > 0}
    return fitting if fitting.keys() == found.keys() else None
