"""A few of the cases: every field of `Layers`, every family, and each of its targets.

For machines that are there for minutes. All else that cases vary are numbers and fields of Megatron's own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import mcore_mappers
from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from tests.numerics.cases import Case
from tests.numerics.mapping import mapped
from tests.numerics.runtime import MegatronConfig

FIRST = ("combined", "default")
"""Names of the cases that stand for a family: what many fields say at once, and else what the base says."""


def layers_of(config: MegatronConfig) -> tuple[str, ...]:
    """The fields of `Layers` that a mapped config has."""
    layered = isinstance(config, LayeredGPTModelConfig | LayeredHybridModelConfig)
    return config.layers.present() if layered else ()


def few(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Those, in the order of the cases.

    Raises:
        LookupError: no case has some field of `Layers`. All such fields are named.
    """
    chosen = _of_targets(cases)
    compared = {field for case in chosen for field in layers_of(mapped(case)[0])}
    missing = [field.name for field in dataclasses.fields(Layers) if field.name not in compared]
    found = {field: _with(field, cases) for field in missing}
    if nowhere := [field for field, case in found.items() if case is None]:
        raise LookupError(f"no case has {', '.join(nowhere)}")
    # By name: cases hold dictionaries.
    wanted = {str(case) for case in (*chosen, *found.values())}
    return tuple(case for case in cases if str(case) in wanted)


def _of_targets(cases: Iterable[Case]) -> tuple[Case, ...]:
    """A case of every target of every family."""
    best: dict[tuple[str, str], Case] = {}
    for case in cases:
        target = (case.family, case.mapper)
        if target not in best or _rank(case) < _rank(best[target]):
            best[target] = case
    return tuple(best.values())


def _rank(case: Case) -> int:
    return FIRST.index(case.name) if case.name in FIRST else len(FIRST)


def _with(field: str, cases: Iterable[Case]) -> Case | None:
    """The first case of a model with the field."""
    known = mcore_mappers.families()
    of_families = (case for case in cases if field in known[case.family].layers)
    return next((case for case in of_families if field in layers_of(mapped(case)[0])), None)
