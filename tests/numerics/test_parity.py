"""Every case: map the config with the real mapper, build both models, compare their logits."""

from __future__ import annotations

import pytest

from tests.numerics.cases import CASES, Case
from tests.numerics.compare import compare
from tests.numerics.mapping import mapped

pytestmark = pytest.mark.usefixtures("process")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_logits_are_equal(case: Case) -> None:
    config, deviations = mapped(case)
    comparison = compare(case.config(), config, deviations)
    assert comparison.max_difference_eval <= case.tolerance, comparison
    assert comparison.max_difference_train <= case.tolerance, comparison
