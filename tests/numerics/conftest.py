"""One process group for all comparisons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.numerics.runtime import single_process


@pytest.fixture(scope="session")
def process() -> Iterator[None]:
    with single_process():
        yield
