"""The upstream versions that the mappers were generated for."""

from __future__ import annotations

from collections.abc import Mapping

VERSIONS: Mapping[str, str] = {
    "megatron-core": "0.19.2",
    "transformers": "5.23.0",
}
