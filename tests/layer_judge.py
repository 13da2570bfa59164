"""Puts mutants of the layers before the tests of these.

What noticed a mutant of a module comes first for the next one of it, then the tests of the module's own file. Whoever
passes all of them is asked for logits of every case with layers, and for those of a model that is spread over two
processes, which takes longest.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch

from mcore_mappers import families
from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from tests.judge import LOGITS, Judge, Verdict, allow_seconds, fails, unequal
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
        for oracle, item in sorted(self._tests(), key=partial(self._rank, mutant.module)):
            allow_seconds()
            if fails(item):
                return oracle, _name(item), partial(fails, item)
        with single_process():
            for case in self._cases:
                allow_seconds()
                if unequal(case):
                    return LOGITS, str(case), partial(_unequal_alone, case)
        return (SPREAD, SPREAD, spread_fails) if spread_fails() else ("", "", None)

    def _tests(self) -> list[tuple[str, pytest.Item]]:
        return [(oracle, item) for oracle, items in self.items.items() for item in items]

    def _rank(self, module: str, test: tuple[str, pytest.Item]) -> tuple[int, bool]:
        """What comes first for a mutant of a module."""
        oracle, item = test
        killers = self._killers[module]
        name = _name(item)
        own = oracle.replace(" ", "_") == module.rpartition(".")[2]
        return killers.index(name) if name in killers else len(killers), not own


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
