"""A slice of what `make fuzz` goes through, and what it once found."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.families import PROOFS
from tests.fuzz.cases import CASES
from tests.fuzz.draw import Drawn, drawn
from tests.fuzz.judge import judged
from tests.selection import chosen, whole

pytestmark = pytest.mark.usefixtures("process")

FEW, MANY = 1, 40
"""Configs of each family: in a slice, and in a whole run."""


@pytest.mark.parametrize("family", PROOFS)
def test_several_fields_at_once(family: str) -> None:
    for config in islice(drawn(family, chosen().seed), MANY if whole() else FEW):
        found = judged(config)
        assert (
            found.outcome != "wrong"
        ), f"{config}: {found.what}; keep it in tests/fuzz/cases.py, as small as it can be"


@pytest.mark.parametrize("config", [each for each in CASES if each.family in PROOFS], ids=str)
def test_what_was_found_is_right(config: Drawn) -> None:
    found = judged(config)
    assert found.outcome != "wrong", found.what
