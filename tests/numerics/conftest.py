"""One process group for all comparisons."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.numerics.runtime import single_process


@pytest.fixture(scope="session")
def process() -> Generator[None]:
    with single_process():
        yield
