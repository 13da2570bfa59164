"""How tests are spread over processes (`make test` runs two), and what makes each of them faster."""

from __future__ import annotations

import gc
import os

import pytest

# One thread in each process: what is computed is small, and the processes share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("xdist"):
        config.addinivalue_line("markers", "xdist_group(name): which tests run in one process")


def pytest_itemcollected(item: pytest.Item) -> None:
    # Before the collection is complete: xdist reads the marks of its items first thing then.
    item.add_marker(pytest.mark.xdist_group(_group(item)))


def pytest_collection_finish() -> None:
    # Upstream's modules are a million objects that never die; without this the collector visits them again and again.
    gc.collect()
    gc.freeze()


def _group(item: pytest.Item) -> str:
    """Tests that share what is made once: those of a file, and there, of a family."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    # One run of all cases, whatever their families.
    if "results" not in parameters and "results" not in getattr(item, "fixturenames", ()):
        for name, value in parameters.items():
            family = value if name == "family" else getattr(value, "family", None)
            if isinstance(family, str):
                return f"{item.path.stem}-{family}"
    return item.path.stem
