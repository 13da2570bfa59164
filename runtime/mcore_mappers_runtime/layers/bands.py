"""Llama 3's rope with other bands of frequencies than Megatron hard-wires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig

from ..shown import lines, shown
from .change import Change, Parts
from .fields import Layers

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig


def with_bands(model: Any, config: GPTModelConfig, layers: Layers) -> Any:
    """The model, or the stage of it, whose rope has the bands.

    `_compute_llama3_parameters` of transformers, whose lengths of waves Megatron's `RotaryEmbedding` has as defaults of
    a method that it calls when it is made.

    Raises:
        ValueError: it has no such rope; fields can have been set since the config was made.
    """
    if wrong := misplaced(layers, config):
        raise ValueError(f"a model with layers cannot have:{lines(wrong)}")
    if any(name in CHANGE.fields for name in layers.present()):
        rope = model.rotary_pos_emb
        plain = type(rope)(
            kv_channels=config.transformer.kv_channels,
            rotary_percent=config.rotary_percent,
            rotary_base=config.rotary_base,
            use_cpu_initialization=config.transformer.use_cpu_initialization,
            cp_group=rope.cp_group,
        )
        rope.inv_freq = rope._apply_scaling(
            plain.inv_freq,
            factor=config.rope_scaling_factor,
            low_freq_factor=layers.rope_scaling_low_freq_factor,
            high_freq_factor=layers.rope_scaling_high_freq_factor,
        )
    return model


def misplaced(layers: Layers, model: object) -> list[str]:
    """Why an outer config has no rope that has bands."""
    stated = vars(model)
    wanted: dict[str, object] = {"position_embedding_type": "rope", "rope_scaling": True}
    return [
        f"{name} needs {field}={want!r}, not {shown(stated.get(field))}"
        for name in layers.present()
        if name in CHANGE.fields
        for field, want in wanted.items()
        if stated.get(field) != want
    ]


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    """It is the model's, around its layers."""
    del layers, parts
    return layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    both = {
        "rope_scaling_low_freq_factor": layers.rope_scaling_low_freq_factor,
        "rope_scaling_high_freq_factor": layers.rope_scaling_high_freq_factor,
    }
    factors = {name: value for name, value in both.items() if name in layers.present()}
    complaints = [f"{name}={shown(value)} must be above zero" for name, value in factors.items() if value <= 0]
    if factors and config.multi_latent_attention:
        complaints.append(f"{', '.join(factors)}: of the rope of a model, and latent attention has its own")
    return complaints


CHANGE: Final = Change(("rope_scaling_low_freq_factor", "rope_scaling_high_freq_factor"), _of_layer, _lacking)
