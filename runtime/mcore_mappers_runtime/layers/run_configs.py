"""Lets Megatron's loader of run configs make the classes of this package."""

from __future__ import annotations

from typing import Final

from .public import PUBLIC

NAMES: Final = ("Layers", "LayerSpec", "LayeredGPTModelConfig", "LayeredHybridModelConfig", "YarnTransformerConfig")
"""What stands in run configs."""


def allow_in_run_configs() -> None:
    """Let Megatron make these classes from a `run_config.yaml`, in this process.

    Its loader makes nothing outside of its own packages unless it is told by name: a file could otherwise have anything
    called. Nothing but these names is added, and nothing by importing this package.
    """
    from megatron.training.config.instantiate_utils import target_allowlist

    for name in NAMES:
        target_allowlist.add_exact(f"{PUBLIC}.{name}")
