"""DOC"""

from __future__ import annotations

from typing import Unpack

from mcore_mappers_runtime.round_trip import RoundTrip, inner, restore
from mcore_mappers_runtime.carried import NOT_CARRIED
from mcore_mappers_runtime.check import Check, checked
from mcore_mappers_runtime.settings import select
from mcore_mappers_runtime.upstream import check_versions

check_versions(__name__)

ALWAYS

MAPPERS

UNREAD


def _transformer(PARAMETERS) -> InnerConfig:
    """What every model of the family has inside; refuses what any of them must."""
    CHECKS
    check.finish()
    settings: InnerFields = {
        SETTINGS: SETTINGS,
        **select(InnerFields, caller),
    }
    SETTLED
    return InnerConfig(
        TRANSFORMER=TRANSFORMER,
        **settings,
    )


def to_hf(model: MODELS, /, *, base: HfConfig | None = None) -> HfConfig:
    """The HfConfig of the same model, as `mcore_mappers.to_hf` gives it."""
    RESTORE


def _carried(model: MODELS) -> dict[str | tuple[str, ...], object]:
    transformer = inner(model, InnerConfig, FAMILY)
    LAYERS
    return {
        CARRIED: CARRIED,
    }


_NOT_CARRIED = NOT_CARRIED_FIELDS
ROUND_TRIPS
