"""DOC"""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.back import Way, inner, kept, restore
from mcore_mappers_runtime.check import Check
from mcore_mappers_runtime.settings import provenance, select
from mcore_mappers_runtime.releases import check_versions

check_versions(FAMILY)


def to_hf(model: MODELS, /, *, base: HfConfig | None = None) -> HfConfig:
    """SUMMARY_BACK"""
    RESTORE
