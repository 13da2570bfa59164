"""Puts mutants of the layers before the tests of these.

Before there is a mutant, everything that may notice one is run once, to see which functions of the layers it calls: a
mutant of a function is put before what calls that function and nothing else. What noticed a mutant of a module comes
first for the next one of it, then the quickest.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch

from mcore_mappers import families
from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from tests.entered import Place, entered, place
from tests.forked import WORKERS, alone, answers
from tests.judge import CRASH, LOGITS, Judge, Verdict, allow_seconds, fails, unequal
from tests.layers.spread_worker import CASES as SPREAD_CASES
from tests.layers.spread_worker import WORLD, Spread, work
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


@dataclass(frozen=True)
class Seen:
    """What a check does without a mutant."""

    seconds: float
    calls: frozenset[Place]
    """The functions of layers that it calls."""


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
        """See what everything calls that may notice a mutant."""
        self._killers: dict[str, list[str]] = defaultdict(list)
        cases = {_told_apart_by(case): case for case in CASES if families()[case.family].layers}.values()
        checks = (
            *(Check(oracle, _name(item), partial(fails, item)) for oracle, some in self.items.items() for item in some),
            *(Check(LOGITS, str(case), partial(_unequal_alone, case)) for case in cases),
        )
        self._seen: dict[str, Seen] = {}
        for answer in answers([checks[start::WORKERS] for start in range(WORKERS)], _see):
            assert answer.said is not None, "tests crash as it is"
            self._seen |= answer.said
        self._checks = sorted(checks, key=lambda check: self._seen[check.name].seconds)
        found = spread(SPREAD_CASES)
        assert not found.wrong, "models that are spread fail as it is"
        self._spread_calls = found.calls

    def heard(self, verdict: Verdict) -> None:
        killers = self._killers[verdict.mutant.module]
        if verdict.test in killers:
            killers.remove(verdict.test)
        killers.insert(0, verdict.test)

    def noticed(self, mutant: Mutant) -> tuple[str, str, Callable[[], bool] | None]:
        killers = self._killers[mutant.module]
        changed = place(mutant)
        checks = [check for check in self._checks if changed is None or changed in self._seen[check.name].calls]
        checks.sort(key=lambda check: killers.index(check.name) if check.name in killers else len(killers))
        cases = [case for case in SPREAD_CASES if changed is None or changed in self._spread_calls[case.name]]
        stages = (partial(_first, checks), partial(_first_spread, cases))
        spread_first = any(case.name in killers[:1] for case in cases)
        found = next((found for stage in stages[:: -1 if spread_first else 1] if (found := stage())), None)
        return (found.oracle, found.name, found.fails) if found else ("", "", None)


def _see(checks: Sequence[Check]) -> dict[str, Seen]:
    seen: dict[str, Seen] = {}
    with single_process():
        for check in checks:
            start = time.perf_counter()
            with entered() as calls:
                check.fails()
            seen[check.name] = Seen(time.perf_counter() - start, frozenset(calls))
    return seen


def _first(checks: Sequence[Check]) -> Check | None:
    """What fails first, in a process of its own: what gloo starts in one is lost in those that it forks."""
    number = alone(partial(_first_of, checks))
    if number is None:
        return Check(CRASH, "no answer", lambda: False)
    return checks[number] if number < len(checks) else None


def _first_of(checks: Sequence[Check]) -> int:
    """The number of what fails first; how many there are if nothing does."""
    with single_process():
        for number, check in enumerate(checks):
            allow_seconds()
            if check.fails():
                return number
    return len(checks)


def _first_spread(cases: Sequence[Spread]) -> Check | None:
    wrong = spread(cases).wrong if cases else ()
    return Check(SPREAD, wrong[0].name, lambda: bool(spread(wrong[:1]).wrong)) if wrong else None


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


@dataclass(frozen=True)
class Spreads:
    """What two processes have done, which are forked from this one with its mutant."""

    wrong: Sequence[Spread]
    """The cases of which they give anything else than one process does; all if one crashes."""
    calls: Mapping[str, frozenset[Place]]
    """By case, the functions of layers that they have called."""


def spread(cases: Sequence[Spread]) -> Spreads:
    """Run these in two processes."""
    context = multiprocessing.get_context("fork")
    names = tuple(case.name for case in cases)
    with TemporaryDirectory() as folder:
        ranks = [context.Process(target=_rank, args=(rank, folder, names)) for rank in range(WORLD)]
        for rank in ranks:
            rank.start()
        multiprocessing.connection.wait([rank.sentinel for rank in ranks])
        for rank in ranks:
            rank.join(PATIENCE)
            rank.kill()
        if any(rank.exitcode != 0 for rank in ranks):
            return Spreads(cases, {})
        said = [torch.load(Path(folder) / f"{rank}.pt", weights_only=False) for rank in range(WORLD)]
        calls = [torch.load(_calls(folder, rank), weights_only=False) for rank in range(WORLD)]
    wrong = [case for case in cases if unlike_one(case, [each[case.name] for each in said if case.name in each])]
    return Spreads(wrong, {name: frozenset().union(*(each.get(name, ()) for each in calls)) for name in names})


def _rank(rank: int, folder: str, names: tuple[str, ...]) -> None:
    calls: dict[str, set[Place]] = {}

    @contextmanager
    def during(name: str) -> Generator[None]:
        allow_seconds()
        with entered() as calls[name]:
            yield

    work(rank, folder, names, during)
    torch.save(calls, _calls(folder, rank))


def _calls(folder: str, rank: int) -> Path:
    return Path(folder) / f"{rank}.calls"
