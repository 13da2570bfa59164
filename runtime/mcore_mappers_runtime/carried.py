"""What a Megatron config says nothing about, and what is not said of its model again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class NotCarried:
    """Says that this Megatron config does not hold the field (the number of experts, where no layer has any)."""


NOT_CARRIED: Final = NotCarried()


def carried[T](value: T | None) -> T | NotCarried:
    """What a Megatron config says, which says nothing of the field by None."""
    return NOT_CARRIED if value is None else value


@dataclass(frozen=True)
class LeftOut:
    """Says that the config of the model does without the key, whatever another config has there."""


LEFT_OUT: Final = LeftOut()

STORAGE: Final = frozenset(
    {
        # How weights are quantized: for transformers, for compressed-tensors by itself, and for MLX.
        *("quantization_config", "compression_config", "quantization"),
        # The file that holds them, and what is stored for ONNX.
        *("transformers_weights", "transformers.js_config"),
    }
)
"""Keys about how the weights of a checkpoint are stored. Weights that come from Megatron are not stored so."""

IN_MEMORY: Final = frozenset(
    {
        *("_is_quantized", "_auto_class", "_commit_hash", "_post_init_done", "ignore_keys_at_rope_validation"),
        *("_attn_implementation_internal", "_experts_implementation_internal", "distributed_config"),
        *("base_model_tp_plan", "base_model_pp_plan", "base_model_fsdp_plan"),
    }
)
"""Attributes that transformers keeps for itself and writes to no file."""


def of_files(name: str, value: object) -> bool:
    """Whether a key is about the files that a config came with: their storage, or code that was beside them.

    `load_config` empties the `auto_map` of what it reads as a native class.
    """
    return (name in STORAGE and value is not None) or (name == "auto_map" and not value)
