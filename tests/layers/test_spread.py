"""A model with layers that is spread over two processes: logits and gradients of one process, and its checkpoints."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping

import pytest
import torch

from tests.layers.spread_worker import CASES, WORLD, Outcome, Spread, work

TOLERANCE = 1e-4
# Seconds, against ranks that wait for ever.
LIMIT = 600

Results = Mapping[str, tuple[Outcome, ...]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What each rank says of each case. Both are forked from one process that has imported all they need."""
    folder = tmp_path_factory.mktemp("spread")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([work.__module__])
    names = tuple(case.name for case in CASES)
    ranks = [context.Process(target=work, args=(rank, str(folder), names)) for rank in range(WORLD)]
    for rank in ranks:
        rank.start()
    for rank in ranks:
        rank.join(LIMIT)
        assert rank.exitcode == 0
    said = [torch.load(folder / f"{rank}.pt", weights_only=False) for rank in range(WORLD)]
    return {name: tuple(each[name] for each in said if name in each) for name in names}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_processes_give_what_one_gives(case: Spread, results: Results) -> None:
    outcomes = results[case.name]
    errors = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert not errors, "\n".join(errors)
    assert len(outcomes) == WORLD, "not reached after an error in another case"
    assert all(outcome.share < 1 for outcome in outcomes)
    logits = [outcome.logits for outcome in outcomes if outcome.logits is not None]
    assert logits
    assert max(logits) < TOLERANCE
    wrong = {key: value for outcome in outcomes for key, value in outcome.gradients.items() if not value < TOLERANCE}
    assert not wrong
    if case.checkpoint:
        assert all(outcome.checkpoint is not None and outcome.checkpoint < TOLERANCE for outcome in outcomes)
