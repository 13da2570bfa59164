"""The releases of upstream for which the mappers are right."""

from __future__ import annotations

from collections.abc import Mapping

VERSIONS: Mapping[str, str] = {
    "megatron-core": "0.19.2",
    "transformers": "5.23.0",
}
"""The releases that the mappers were generated for, and the newest for which they are right."""

OLDEST: Mapping[str, str] = {
    "megatron-core": "0.19.0",
    "transformers": "5.12.1",
}
"""The oldest releases for which they are right."""

NARROWER: Mapping[str, Mapping[str, str]] = {}
"""The oldest releases for families whose classes were others before, or were not there."""
