"""Puts mutants of the layers before the tests of these.

What noticed a mutant of a module comes first for the next one of it, then the tests of the module's own file. Whoever
passes these is spread over two processes, and then put before all other tests and asked for the logits of every case
with layers, which takes longest.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch

from mcore_mappers import families
from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from tests.judge import CRASH, LOGITS, Judge, Verdict, allow_seconds, fails, unequal
from tests.layers.spread_worker import CASES as SPREAD_CASES
from tests.layers.spread_worker import WORLD, work
from tests.layers.test_spread import unlike_one
from tests.mutations import Mutant
from tests.numerics.cases import CASES, Case
from tests.numerics.mapping import mapped
from tests.numerics.runtime import single_process
from tests.reach import ROOT

FOLDER = ROOT / "tests" / "layers"
SPREAD = "spread"
# After one of two processes has ended, the other has as much to do as that one had.
PATIENCE = 30


@dataclass(frozen=True)
class Check:
    """What may notice a mutant."""

    oracle: str
    name: str
    fails: Callable[[], bool]


class LayerJudge(Judge):
    """Judges mutants of layers."""

    oracles: Mapping[str, str] = {
        path.stem.removeprefix("test_").replace("_", " "): str(path.relative_to(ROOT))
        for path in sorted(FOLDER.glob("test_*.py"))
        if path.stem != "test_spread"
    }

    def process(self) -> AbstractContextManager[None]:
        """The tests ask for one."""
        return nullcontext()

    def prepare(self) -> None:
        self._killers: dict[str, list[str]] = defaultdict(list)
        self._cases = [*{_told_apart_by(case): case for case in CASES if families()[case.family].layers}.values()]

    def heard(self, verdict: Verdict) -> None:
        killers = self._killers[verdict.mutant.module]
        if verdict.test in killers:
            killers.remove(verdict.test)
        killers.insert(0, verdict.test)

    def noticed(self, mutant: Mutant) -> tuple[str, str, Callable[[], bool] | None]:
        killers = self._killers[mutant.module]
        own = mutant.module.rpartition(".")[2].replace("_", " ")
        tests = [
            Check(oracle, _name(item), partial(fails, item)) for oracle, items in self.items.items() for item in items
        ]
        near = [test for test in tests if test.name in killers or test.oracle == own]
        near.sort(key=lambda test: killers.index(test.name) if test.name in killers else len(killers))
        far = [test for test in tests if test not in near]
        cases = [Check(LOGITS, str(case), partial(_unequal_alone, case)) for case in self._cases]
        spread = Check(SPREAD, SPREAD, spread_fails)
        found = _first(near) or (spread if spread_fails() else None) or _first([*far, *cases])
        return (found.oracle, found.name, found.fails) if found else ("", "", None)


def _first(checks: Sequence[Check]) -> Check | None:
    """What fails first, in a process of its own: what gloo starts in one is lost in those that it forks."""
    context = multiprocessing.get_context("fork")
    answer, say = context.Pipe(duplex=False)
    process = context.Process(target=_say_first, args=(checks, say))
    process.start()
    say.close()
    try:
        failed = answer.recv()
    except EOFError:
        return Check(CRASH, "no answer", _passes)
    finally:
        process.join()
    return None if failed is None else checks[failed]


def _say_first(checks: Sequence[Check], say: multiprocessing.connection.Connection) -> None:
    with single_process():
        for number, check in enumerate(checks):
            allow_seconds()
            if check.fails():
                say.send(number)
                return
        say.send(None)


def _passes() -> bool:
    """What a crash says without the mutant."""
    return False


def _told_apart_by(case: Case) -> tuple[str, bool, Layers | None]:
    """Cases of a family with the same layers say the same of these."""
    config, _ = mapped(case)
    layers = config.layers if isinstance(config, LayeredGPTModelConfig | LayeredHybridModelConfig) else None
    return case.family, case.hybrid, layers


def _name(item: pytest.Item) -> str:
    return item.nodeid.rpartition("/")[2]


def _unequal_alone(case: Case) -> bool:
    with single_process():
        return unequal(case)


def spread_fails() -> bool:
    """Whether two processes, which are forked from this one with its mutant, give anything else than one does."""
    context = multiprocessing.get_context("fork")
    names = tuple(case.name for case in SPREAD_CASES)
    with TemporaryDirectory() as folder:
        ranks = [context.Process(target=work, args=(rank, folder, names)) for rank in range(WORLD)]
        allow_seconds()
        for rank in ranks:
            rank.start()
        multiprocessing.connection.wait([rank.sentinel for rank in ranks])
        for rank in ranks:
            rank.join(PATIENCE)
            rank.kill()
        if any(rank.exitcode != 0 for rank in ranks):
            return True
        said = [torch.load(Path(folder) / f"{rank}.pt", weights_only=False) for rank in range(WORLD)]
    return any(unlike_one(case, [each[case.name] for each in said if case.name in each]) for case in SPREAD_CASES)
