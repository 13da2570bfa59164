"""DOC"""

from __future__ import annotations

from typing import Unpack

from ._check import Check
from ._settings import provenance, select
from ._fields import CallerFields, InnerFields, OuterFields


def to_megatron(hf: HfConfig, /, *, strict: bool = False, **caller: Unpack[CallerFields]) -> ModelConfig:
    """SUMMARY"""
    check = Check(FAMILY, HfConfig, hf, caller, CallerFields)
    hf = check.plain(hf)
    CHECKS
    deviations = check.finish(strict=strict)

    settings: CallerFields = {SUGGESTED: SUGGESTED, **caller}

    transformer = InnerConfig(TRANSFORMER=TRANSFORMER, **select(InnerFields, settings))
    return ModelConfig(
        transformer=WRAPPED,
        MODEL=MODEL,
        extra_checkpoint_metadata=provenance(FAMILY, deviations, settings),
        **select(OuterFields, settings),
    )
