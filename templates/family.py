"""DOC"""

from __future__ import annotations

from typing import Unpack

from ._back import Way, inner, kept, restore
from ._check import Check
from ._settings import provenance, select
from ._window import check_versions

check_versions(FAMILY)


def to_hf(model: MODELS, /, *, base: HfConfig | None = None) -> HfConfig:
    """SUMMARY_BACK"""
    RESTORE
