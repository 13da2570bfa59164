"""Every case: map the config with the real mapper, build both models, compare their logits."""

from __future__ import annotations

import pytest

import mcore_mappers
from tests.families import PROOFS
from tests.numerics.cases import CASES, Case, cases_of, drawn
from tests.numerics.compare import compare
from tests.numerics.deviations import DEVIATIONS
from tests.numerics.mapping import deviating, mapped

pytestmark = pytest.mark.usefixtures("process")


COMPARED = [case for family in PROOFS for case in drawn(cases_of(family), 2, f"logits of {family}")]


@pytest.mark.parametrize("case", COMPARED, ids=str)
def test_logits_are_equal(case: Case) -> None:
    config, deviations = mapped(case)
    comparison = compare(case.config(), config, deviations)
    assert comparison.max_difference_eval <= case.tolerance, comparison
    assert comparison.max_difference_train <= case.tolerance, comparison


@pytest.mark.parametrize("deviation", DEVIATIONS)
def test_a_deviation_is_one(deviation: str) -> None:
    """Left in, it shows in some case; otherwise taking it out of the others would say nothing."""
    for case in deviating()[deviation]:
        config, deviations = mapped(case)
        others = [other for other in deviations if other != deviation]
        comparison = compare(case.config(), config, others)
        if max(comparison.max_difference_eval, comparison.max_difference_train) > case.tolerance:
            return
    pytest.fail(f"no case shows {deviation}")


def test_every_mapper_has_cases() -> None:
    mappers = {
        (name, mapper)
        for name, family in mcore_mappers.families().items()
        if family.status == "mapped"
        for mapper in ("to_megatron", "to_megatron_hybrid")
        if hasattr(getattr(mcore_mappers, name), mapper)
    }
    assert mappers == {(case.family, case.mapper) for case in CASES}
