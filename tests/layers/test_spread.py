"""A model with layers that is spread over two processes: logits and gradients of one process, and its checkpoints."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence

import pytest
import torch

from tests.layers.spread_worker import CASES, WORLD, Outcome, Spread, work

pytestmark = pytest.mark.costly

# In standard deviations of what is compared, in float32: two processes add in another order than one.
TOLERANCE = 1e-4
# Seconds, against ranks that wait for ever.
LIMIT = 600

Results = Mapping[str, tuple[Outcome | str, ...]]


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


def unlike_one(case: Spread, outcomes: Sequence[Outcome | str]) -> str:
    """In what the two processes that gave these differ from one, or empty."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, str)]
    if errors:
        return "\n".join(errors)
    if len(outcomes) < WORLD:
        return "not reached after an error in another case"
    found = [outcome for outcome in outcomes if not isinstance(outcome, str)]
    if any(outcome.share >= 1 for outcome in found):
        return "one of them has the whole model"
    logits = [outcome.logits for outcome in found if outcome.logits is not None]
    if not logits or not max(logits) < TOLERANCE:
        return f"logits: {logits}"
    if wrong := {key: value for each in found for key, value in each.gradients.items() if not value < TOLERANCE}:
        return f"gradients: {wrong}"
    checkpoints = [outcome.checkpoint for outcome in found]
    if case.checkpoint and not all(checkpoint is not None and checkpoint < TOLERANCE for checkpoint in checkpoints):
        return f"logits after loading a checkpoint: {checkpoints}"
    return ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_processes_give_what_one_gives(case: Spread, results: Results) -> None:
    assert unlike_one(case, results[case.name]) == ""
