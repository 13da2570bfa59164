"""The mapped config of a case."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import cache

from transformers import PreTrainedConfig

from mcore_mappers import DeviationWarning, families
from tests.families import mappers
from tests.numerics.cases import CASES, Case
from tests.numerics.deviations import DEVIATIONS
from tests.numerics.device import CPU, Device
from tests.numerics.runtime import MegatronConfig


def mapped(case: Case, device: Device = CPU) -> tuple[MegatronConfig, tuple[str, ...]]:
    """What the family's mapper makes of the config, and the ids of the deviations that it warned of."""
    return warned(mappers(case.family)[case.mapper], case.config(), device)


def warned(
    mapper: Callable[..., MegatronConfig], config: PreTrainedConfig, device: Device = CPU
) -> tuple[MegatronConfig, tuple[str, ...]]:
    """The same, of a mapper and a config."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DeviationWarning)
        model = mapper(config, **device.fields)
    found = [each.message for each in caught if isinstance(each.message, DeviationWarning)]
    return model, tuple(deviation for each in found for deviation in each.deviations)


@cache
def deviating() -> Mapping[str, tuple[Case, ...]]:
    """By id of a deviation that is taken out of models, the cases whose mapping warns of it."""
    declaring = {
        name for name, family in families().items() if any(each.identifier in DEVIATIONS for each in family.deviations)
    }
    found: dict[str, tuple[Case, ...]] = {}
    for case in CASES:
        # The others have nothing to warn of, and mapping all their cases takes a while.
        for deviation in mapped(case)[1] if case.family in declaring else ():
            found[deviation] = (*found.get(deviation, ()), case)
    return found
