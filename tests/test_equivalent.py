"""The list of mutants that say the same is about the code that is there."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from tests.equivalent import EQUIVALENT, Equivalent
from tests.reach import AROUND, FAMILIES, LAYERS, PARTS, RUNTIME, reachable, source


@pytest.mark.parametrize("row", EQUIVALENT, ids=lambda row: row.before)
def test_no_row_is_stale(row: Equivalent) -> None:
    texts = [source(module) for module in (*FAMILIES, *PARTS, *RUNTIME, *LAYERS)]
    about = [text for text in texts if row.where in text and (row.without is None or row.without not in text)]
    # A bracket in a pattern is a set of characters.
    assert any(fnmatchcase(line.strip(), row.before) for text in about for line in text.splitlines())


def test_mappers_have_values_from_the_modules_that_mutants_are_of() -> None:
    assert all(reachable(module) for module in RUNTIME)
    assert {"rope", "windows", "hybrid"} <= {*RUNTIME}
    assert not AROUND & {*RUNTIME}
