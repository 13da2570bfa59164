"""Refusals are true: what is refused is not what any of the accepted mappings computes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from transformers import PreTrainedConfig

from mcore_mappers import UnsupportedConfigError, to_megatron
from tests.families import PROOFS, family_of
from tests.numerics.compare import Comparison, compare, reference
from tests.numerics.deviations import DEVIATIONS
from tests.numerics.mapping import deviating, mapped, warned
from tests.numerics.refusals import REFUSALS, Refusal, drawn, values_are_said
from tests.numerics.runtime import MegatronConfig
from tests.numerics.weights import CopyError
from tests.selection import draw

pytestmark = pytest.mark.usefixtures("process")

# In standard deviations of the logits: a difference that is no rounding, and one that may be.
VISIBLE = 1e-3
ROUNDING = 3e-5


def refused_fields(refused: Refusal) -> frozenset[str]:
    """Every field that the mapper names."""
    config = refused.config()
    with pytest.raises(UnsupportedConfigError) as caught:
        to_megatron(config, **refused.asking)
    assert values_are_said(config, caught.value)
    return frozenset(refusal.field for refusal in caught.value.refusals)


def tried(refused: Refusal) -> Iterator[tuple[MegatronConfig, tuple[str, ...]]]:
    """The Megatron config of the first accepted one, with each of the settings that come close."""
    for settings in refused.row.tries:
        model, deviations = mapped_config(refused, refused.accepted()[0])
        for name, value in settings.items():
            part = model if name in type(model).__dataclass_fields__ else model.transformer
            setattr(part, name, value)
        yield model, deviations


def mapped_config(refused: Refusal, config: PreTrainedConfig) -> tuple[MegatronConfig, tuple[str, ...]]:
    """What the mapper makes of a config, and the ids of the deviations that it warns of."""
    return warned(partial(import_module(f"mcore_mappers.{family_of(config)}").to_megatron, **refused.asking), config)


def cannot_run(refused: Refusal) -> str:
    """What transformers raises for the refused config, if it cannot build or run the model; else nothing."""
    try:
        reference(refused.config())
    except Exception as error:
        return f"transformers: {type(error).__name__}: {error}"
    return ""


def evidence(refused: Refusal) -> str:
    """Why no accepted mapping is the refused model; nothing if one is."""
    if found := cannot_run(refused):
        return found
    seen: list[str] = []
    for model, deviations in map(partial(mapped_config, refused), refused.accepted()):
        seen.append(gap(refused, model, deviations, VISIBLE))
    for model, deviations in tried(refused):
        try:
            seen.append(gap(refused, model, deviations, VISIBLE))
        except Exception as error:
            seen.append(f"Megatron: {type(error).__name__}: {error}")
    return "; ".join(seen) if all(seen) else ""


def gap(refused: Refusal, model: MegatronConfig, deviations: tuple[str, ...], visible: float) -> str:
    """What is between the two models; nothing if they compute the same, but for what is not visible."""
    # Beyond its bound a deviation is what is refused; it is no evidence against anything else.
    taken_out = () if refused.row.beyond_bound else deviations
    try:
        difference = furthest(compare(refused.config(), model, taken_out, limit=visible))
    except CopyError as error:
        return f"parameters: {str(error).splitlines()[0]}"
    return f"logits: {difference:.1e}" if difference > visible else ""


def furthest(comparison: Comparison) -> float:
    both = (comparison.max_difference_eval, comparison.max_difference_train)
    return math.inf if any(map(math.isnan, both)) else max(both)


SOME_REFUSALS = 120
"""Of how many a slice shows that they are true, beside one of each family."""


@pytest.mark.parametrize("refused", drawn(SOME_REFUSALS), ids=str)
def test_a_refusal_is_true(refused: Refusal, record_property: Any) -> None:
    assert refused_fields(refused) == {refused.row.field}
    for config in refused.accepted():
        mapped_config(refused, config)
    if refused.row.unseen:
        return
    if refused.row.equal:
        # Of the first accepted one, whatever others there are.
        found = gap(refused, *mapped_config(refused, refused.accepted()[0]), PROOFS[refused.family].tolerance)
        assert not found, f"listed as equal, but it is not: drop the reason ({found})"
    else:
        found = evidence(refused)
        assert found, f"{refused} computes what is accepted: give it a `start`, or the proof a base, where it shows"
    record_property("evidence", found or refused.row.equal)


SOME_CASES = 12
"""In how many cases a slice measures a deviation."""


@pytest.mark.parametrize("deviation", DEVIATIONS)
def test_a_deviation_is_measured(deviation: str, record_property: Any) -> None:
    """Inside the bound: how far apart the models are with the deviation left in, which its reason should not belie."""
    largest: tuple[float, str] = (0.0, "")
    # Ropes and the other target make no other difference.
    cases = [case for case in deviating()[deviation] if case.mapper == "to_megatron" and "rope" not in case.name]
    for case in draw(cases, SOME_CASES, f"cases of {deviation}"):
        config, deviations = mapped(case)
        others = [other for other in deviations if other != deviation]
        largest = max(largest, (furthest(compare(case.config(), config, others)), str(case)))
    record_property(deviation, f"{largest[0]:.1e} in {largest[1]}")
    print(f"{deviation}: up to {largest[0]:.1e} standard deviations of the logits ({largest[1]})")
    assert largest[0] > ROUNDING


@pytest.mark.parametrize("refused", [each for each in REFUSALS if each.row.beyond_bound], ids=str)
def test_beyond_its_bound_a_deviation_is_refused(refused: Refusal) -> None:
    with pytest.raises(UnsupportedConfigError, match=f"beyond the bound of the deviation {refused.row.beyond_bound}"):
        to_megatron(refused.config(), **refused.asking)


def test_every_deviation_has_a_bound() -> None:
    assert {each.row.beyond_bound for each in REFUSALS} - {""} == set(DEVIATIONS)
