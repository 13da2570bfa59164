"""One process group for all comparisons."""

from __future__ import annotations

from collections.abc import Generator

import pytest


@pytest.fixture(scope="session")
def process() -> Generator[None]:
    # Here, because the process that only hands out tests reads this file too, and needs none of it.
    from tests.numerics.runtime import single_process

    with single_process():
        yield
