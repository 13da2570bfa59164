"""A model that is spread over two processes gives the logits of one process.

The mapper gets the caller's parallel fields with the rest; what it makes of them must build, be split as they say, and
compute the same. One `torchrun` runs all cases, because importing Megatron takes longer than they do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.numerics.parallel_cases import CASES, NOT_ON_CPU, WORLD, ParallelCase, drawn

pytestmark = pytest.mark.costly

ROOT = Path(__file__).parents[2]
TOLERANCE = 3e-5
# Seconds, against ranks that wait for ever: a slow machine takes minutes.
LIMIT = 1800

SPREAD = drawn(CASES, 0)
IMPOSSIBLE = drawn(NOT_ON_CPU, 0)

Results = Mapping[str, tuple[Mapping[str, Any], ...]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What every rank says of every case; empty for cases that were not reached after an error."""
    out = tmp_path_factory.mktemp("parallel")
    # `--standalone` lets torchrun find a free port; it meets on the loopback interface, and so do the workers.
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
    command += ["--nproc-per-node", str(WORLD), "-m", "tests.numerics.parallel_worker", str(out)]
    names = [str(case) for case in (*SPREAD, *IMPOSSIBLE)]
    command += names
    path = os.pathsep.join(map(str, (ROOT, ROOT / "generated", ROOT / "runtime")))
    # Two processes with a thread each: more would wait for each other.
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 0, done.stderr[-4000:]
    ranks = [json.loads((out / f"{rank}.json").read_text()) for rank in range(WORLD)]
    return {name: tuple(rank[name] for rank in ranks if name in rank) for name in names}


@pytest.mark.parametrize("case", SPREAD, ids=str)
def test_two_processes_give_the_logits_of_one(case: ParallelCase, results: Results) -> None:
    ranks = results[str(case)]
    errors = [rank["error"] for rank in ranks if "error" in rank]
    assert not errors, "\n".join(errors)
    assert len(ranks) == WORLD, "not reached after an error in another case"
    assert ranks[0] == ranks[1]
    outcome, _ = ranks
    assert outcome["max_difference_eval"] <= TOLERANCE
    assert outcome["max_difference_train"] <= TOLERANCE
    # It is a comparison of two processes: neither holds the whole model, and what the first one holds matters.
    assert max(outcome["shares"]) < 1
    assert outcome["min_difference_sabotaged"] > 1e-2
    assert tuple(outcome["layers"]) == case.stages


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what cannot run without a GPU")
@pytest.mark.parametrize("case", IMPOSSIBLE, ids=str)
def test_what_cannot_run_says_why(case: ParallelCase, results: Results) -> None:
    """When one of these runs, it belongs among the cases."""
    errors = [rank["error"] for rank in results[str(case)]]
    assert len(errors) == WORLD
    assert all(error and case.error in error for error in errors), errors
