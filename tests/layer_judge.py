"""Puts mutants of the layers before the tests of these."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from mcore_mappers import families
from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from tests.executed import Place, executed, place
from tests.forked import alone
from tests.judge import CRASH, LOGITS, Check, Judge, allow_seconds, fails, name, unequal
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

    def checks(self) -> Iterator[Check]:
        """The tests of layers, and the parity cases of models that have some."""
        cases = {_told_apart_by(case): case for case in CASES if families()[case.family].layers}.values()
        for oracle, items in self.items.items():
            for item in items:
                yield Check(oracle, name(item), partial(fails, item))
        for case in cases:
            yield Check(LOGITS, str(case), partial(_unequal_alone, case))

    def prepare(self) -> None:
        """See, of what is spread, too."""
        super().prepare()
        found = spread(SPREAD_CASES, self.places)
        assert not found.wrong, "models that are spread fail as it is"
        self._spread = found.executed

    def noticed(self, mutant: Mutant) -> Check | None:
        """What fails first; what is spread comes last, unless it has noticed the mutant of this module before."""
        changed = place(mutant)
        cases = [case for case in SPREAD_CASES if changed is None or changed in self._spread[case.name]]
        stages = (partial(_first, self.meeting(mutant)), partial(_first_spread, cases))
        spread_first = any(case.name in self.killers[mutant.module][:1] for case in cases)
        return next((found for stage in stages[:: -1 if spread_first else 1] if (found := stage())), None)


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


def _unequal_alone(case: Case) -> bool:
    with single_process():
        return unequal(case)


@dataclass(frozen=True)
class Spreads:
    """What two processes have done, which are forked from this one with its mutant."""

    wrong: Sequence[Spread]
    """The cases of which they give anything else than one process does; all if one crashes."""
    executed: Mapping[str, frozenset[Place]]
    """By case, which of the places that were asked for they have executed."""


def spread(cases: Sequence[Spread], places: Collection[Place] = ()) -> Spreads:
    """Run these in two processes."""
    context = multiprocessing.get_context("fork")
    names = tuple(case.name for case in cases)
    with TemporaryDirectory() as folder:
        ranks = [context.Process(target=_rank, args=(rank, folder, names, places)) for rank in range(WORLD)]
        for rank in ranks:
            rank.start()
        multiprocessing.connection.wait([rank.sentinel for rank in ranks])
        for rank in ranks:
            rank.join(PATIENCE)
            rank.kill()
        if any(rank.exitcode != 0 for rank in ranks):
            return Spreads(cases, {})
        said = [torch.load(Path(folder) / f"{rank}.pt", weights_only=False) for rank in range(WORLD)]
        found = [torch.load(_executed(folder, rank), weights_only=False) for rank in range(WORLD)]
    wrong = [case for case in cases if unlike_one(case, [each[case.name] for each in said if case.name in each])]
    return Spreads(wrong, {name: frozenset().union(*(each.get(name, ()) for each in found)) for name in names})


def _rank(rank: int, folder: str, names: tuple[str, ...], places: Collection[Place]) -> None:
    found: dict[str, set[Place]] = {}

    @contextmanager
    def during(name: str) -> Generator[None]:
        allow_seconds()
        with executed(places) as found[name]:
            yield

    work(rank, folder, names, during)
    torch.save(found, _executed(folder, rank))


def _executed(folder: str, rank: int) -> Path:
    return Path(folder) / f"{rank}.executed"
