"""Which tests run in one process, told by their names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.conftest import group_of, pytest_xdist_make_scheduler

GROUPS: Mapping[str, str] = {
    "tests/numerics/test_parity.py::test_logits_are_equal[llama-hybrid-rope_linear]": "test_parity-llama",
    "tests/numerics/test_full_size.py::test_both[corpus/qwen3_next/Qwen__Qwen3-Next-80B]": "test_full_size-qwen3_next",
    "tests/mapping/test_bounds.py::test_is_refused[deepseek_v3: n_group=3-other flags]": "test_bounds-deepseek_v3",
    "tests/numerics/test_owners.py::test_every_field_is_tried": "test_owners",
    "tests/numerics/test_harness.py::test_a_mistake_shows_in_the_logits[softmax scale]": "test_harness",
    "tests/bumps/test_oldest.py::test_families_state_the_oldest_transformers[5.12.1]": "tests/bumps",
    "tests/numerics/test_parallel.py::test_two_processes_give_the_logits_of_one[llama-tp]": "test_parallel",
}


@pytest.mark.parametrize("nodeid", GROUPS)
def test_groups(nodeid: str) -> None:
    assert group_of(nodeid) == GROUPS[nodeid]


def test_tests_are_handed_out_by_group(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whichever scheduler of xdist's: the one of `--dist loadgroup` has handed out single tests without a word."""
    xdist = pytest.importorskip("xdist.scheduler", reason="pytest-xdist is not installed")
    monkeypatch.setattr(request.config.option, "tx", ["2*popen"], raising=False)
    monkeypatch.setattr(request.config.option, "loadscopereorder", True, raising=False)
    scheduler = pytest_xdist_make_scheduler(request.config, None)
    assert isinstance(scheduler, xdist.LoadScopeScheduling)
    assert {nodeid: scheduler._split_scope(nodeid) for nodeid in GROUPS} == GROUPS
