"""How tests are spread over processes (`make test` runs two), and what makes each of them faster."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# One thread in each process: what is computed is small, and the processes share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Nothing that a CPU runs here is worth compiling, and asking for it imports a compiler in every process.
os.environ.setdefault("TORCH_COMPILE_DISABLE", "1")

# Read from the folder: the process that only hands out tests imports nothing of the package.
FAMILIES = frozenset(path.stem for path in (Path(__file__).parent / "families").glob("*.py"))

ONE_RUN = frozenset({"test_parallel"})
"""Files in which one run makes the results of all families."""

BUMPS = "tests/bumps"
"""Their tests share what is generated for older releases."""

FIRST = ("test_parallel", "test_owners", "test_types", "test_full_size", "test_check", "test_emit")
"""Long files that are done in one process; begun last, they would leave the other one idle."""


def group_of(nodeid: str) -> str:
    """Tests that share what is made once, and run in one process: those of a file, and there, of a family."""
    file, _, test = nodeid.partition("::")
    stem = Path(file).stem
    if stem in ONE_RUN:
        return stem
    if file.startswith(BUMPS):
        return BUMPS
    family = next((word for word in re.findall(r"\w+", test.partition("[")[2]) if word in FAMILIES), None)
    return stem if family is None else f"{stem}-{family}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Not `--dist loadgroup`: xdist 3.8 writes a group where pytest 9.2 does not look, and spreads single tests."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    # In the order in which they were collected, not the groups with most tests first.
    config.option.loadscopereorder = False
    return ByGroup(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {stem: index for index, stem in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(FIRST)))


def pytest_collection_finish() -> None:
    # Upstream's modules are a million objects that never die; without this the collector visits them again and again.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def process() -> Generator[None]:
    """One process group for all models that are built, whichever file builds them."""
    # Here, because the process that only hands out tests reads this file too, and needs none of it.
    from tests.numerics.runtime import single_process

    with single_process():
        yield
