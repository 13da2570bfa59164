"""What Megatron says of a caller's fields on their own: the mapped architecture without a single suggestion."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from megatron.training.models.base import ModelConfig
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers

ARCHITECTURE_FOLLOWS = ("mtp_num_layers", "hybrid_layer_pattern", "pipeline_model_parallel_layout")
"""Caller fields that the architecture of a hybrid model may depend on."""


def bare(hf: PreTrainedConfig, caller: Mapping[str, Any]) -> Any:
    """The Megatron config of `hf` with the caller's fields and none that the mapper only suggests.

    Built from what the mapper itself passes to Megatron's classes, less all that a caller may pass.

    Raises:
        Exception: whatever Megatron has against the caller's fields.
    """
    module = importlib.import_module(f"mcore_mappers.{hf.model_type}")
    names = vars(module)
    inner_name = "MLATransformerConfig" if "MLATransformerConfig" in names else "TransformerConfig"
    outer_name = "HybridModelConfig" if "HybridModelConfig" in names else "GPTModelConfig"
    inner_class, outer_class = names[inner_name], names[outer_name]
    inner_fields = names[inner_name.replace("Config", "Fields")].__annotations__
    outer_fields = names[outer_name.replace("Config", "Fields")].__annotations__

    recorded: dict[str, dict[str, Any]] = {}

    def inner(**keywords: Any) -> Any:
        recorded["inner"] = keywords
        # A valid stand-in: the caller's fields are not the subject of this call.
        return inner_class(**keywords)

    def outer(**keywords: Any) -> ModelConfig:
        recorded["outer"] = keywords
        return outer_class(**keywords)

    decisive = {"mtp_num_layers": None} | {name: caller[name] for name in ARCHITECTURE_FOLLOWS if name in caller}
    decisive.pop("pipeline_model_parallel_layout", None)
    with (
        patch.object(module, inner_name, inner),
        patch.object(module, outer_name, outer),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
        module.to_megatron(hf, **decisive)

    architecture = {name: value for name, value in recorded["inner"].items() if name not in inner_fields}
    transformer = inner_class(**architecture, **{name: value for name, value in caller.items() if name in inner_fields})
    decided = {
        name: value
        for name, value in recorded["outer"].items()
        if name not in outer_fields and name not in ("transformer", "extra_checkpoint_metadata")
    }
    return outer_class(
        transformer=transformer,
        **decided,
        **{name: value for name, value in caller.items() if name in outer_fields},
    )
