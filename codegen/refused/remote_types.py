"""Model types whose code comes with the checkpoint, and that are not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REFUSED: Final[Mapping[str, str]] = {
    "baichuan": "the type of Baichuan 2, whose output layer is normalised by row, and of 13B models with ALiBi; no key "
    "tells them from Baichuan 7B",
    "chatglm": "the base of its rope is a constant times `rope_ratio`, and its norms may stand after the residual, "
    "which no native class has; GLM-4 checkpoints in native form are read as glm",
    "hunyuan": "layers share keys and values in pairs, and queries and keys are normalised after rope",
    "minicpm": "residual branches are scaled by the number of layers",
    "phi3small": "attention is sparse by blocks in most layers",
    "qwen": "scales queries by the logarithm of their position beyond the training length",
}
"""Types of remote code that are known and not read, and the computation that decides it."""
