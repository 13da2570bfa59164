"""Model types whose code comes with the checkpoint, and that are not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REFUSED: Final[Mapping[str, str]] = {
    "hunyuan": "layers share keys and values in pairs, and queries and keys are normalised after rope",
    "phi3small": "attention is sparse by blocks in most layers",
}
"""Types of remote code that are known and not read, and the computation that decides it."""
