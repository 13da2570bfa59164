"""Layers that predict further tokens, as a checkpoint has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


def prediction_layers(transformer: TransformerConfig) -> int:
    """How many there are: Megatron can apply one as often as it predicts, and then has weights for one alone."""
    count = transformer.mtp_num_layers or 0
    return min(count, 1) if transformer.mtp_use_repeated_layer else count
