"""Puts mutants before the tests, each in a process of its own, until one notices.

Before there is a mutant, everything that may notice one is run once, to see which of the statements that mutants change
it executes: a mutant is put before what executes its statement and nothing else. What noticed a mutant of a module
comes first for the next one of it, then the quickest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import io
import logging
import resource
import sys
import time
import types
import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from mcore_mappers import UnsupportedConfigError, to_megatron
from mcore_mappers_runtime.cli.progress import Progress
from tests.executed import Place, executed, place
from tests.forked import answers
from tests.mutations import Mutant
from tests.numerics.cases import CASES, Case
from tests.numerics.compare import compare
from tests.numerics.mapping import mapped
from tests.numerics.refusals import REFUSALS, Refusal, values_are_said
from tests.numerics.runtime import single_process
from tests.reach import FAMILIES, ROOT, import_path, uses
from tests.support.equality import differences

# Of one test: some mutants never end. Of processor time, which does not depend on what else the machine does.
SECONDS = 60
MEMORY = 8 << 30
# How many are seen in one process: none sees so many that patience ends.
PART = 1000

ORACLES: Mapping[str, str] = {
    "ropes": "tests/runtime/test_rope.py",
    "bad ropes": "tests/runtime/test_rope_refusals.py",
    "own configs": "tests/mapping/test_own_configs.py",
    "every family": "tests/mapping/test_every_family.py",
    "fields": "tests/mapping/test_fields.py",
    "bounds": "tests/mapping/test_bounds.py",
    "bad input": "tests/properties/test_bad_input.py",
    "lengths": "tests/numerics/test_lengths.py",
    "dropouts": "tests/numerics/test_dropouts.py",
    "described": "tests/runtime/test_described.py",
    "multipliers": "tests/runtime/test_multipliers.py",
    "sections": "tests/runtime/test_sections.py",
    "widths": "tests/runtime/test_widths.py",
    "bands": "tests/runtime/test_rope_bands.py",
    "by layer": "tests/runtime/test_by_layer.py",
}
REFUSED, LOGITS, CRASH, BROKEN = "refusals", "logits", "crash", "broken"


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    killed_by: str
    """Which kind of test noticed; empty for a survivor."""
    test: str
    seconds: float


# --- One mutant in memory ---------------------------------------------------------------------------------------------


@contextmanager
def applied(mutant: Mutant) -> Generator[None]:
    """Let the imported package do what the mutant says.

    The mutant becomes a module of its own. From that, code and constants are put into the functions that everybody has
    imported already: whoever calls them, by whichever name, calls the mutant.
    """
    live: Any = import_module(import_path(mutant.module))
    fresh: Any = types.ModuleType(live.__name__)
    vars(fresh).update(__package__=live.__package__, __file__=live.__file__)
    exec(compile(mutant.source, f"mutant of {live.__name__}", "exec"), vars(fresh))
    functions = dict(_functions(live))
    kept = {name: (each.__code__, each.__defaults__, each.__kwdefaults__) for name, each in functions.items()}
    constants = {name: value for name, value in vars(live).items() if _is_constant(value)}
    records = {name: vars(value) for name, value in vars(live).items() if _is_record(value)}
    before = {name: {**fields} for name, fields in records.items()}
    try:
        for name, fields in records.items():
            fields |= {field: each for field, each in vars(vars(fresh)[name]).items() if _is_constant(each)}
        for name, each in _functions(fresh):
            old = functions[name]
            old.__code__, old.__defaults__, old.__kwdefaults__ = each.__code__, each.__defaults__, each.__kwdefaults__
        vars(live).update({name: getattr(fresh, name) for name in constants if not name.startswith("__")})
        yield
    finally:
        for name, each in functions.items():
            each.__code__, each.__defaults__, each.__kwdefaults__ = kept[name]
        vars(live).update(constants)
        for name, fields in records.items():
            fields |= before[name]


def _functions(module: Any) -> Iterator[tuple[str, types.FunctionType]]:
    """The functions and methods that a module defines, whatever module a class says that it is of."""
    for name, value in vars(module).items():
        members = vars(value) if isinstance(value, type) else {"": value}
        for attribute, member in members.items():
            for number, each in enumerate(_behind(member)):
                if not isinstance(each, types.FunctionType) or each.__globals__ is not vars(module):
                    continue
                # What `dataclass` makes has no source of its own.
                if each.__code__.co_filename != "<string>":
                    yield f"{name}.{attribute}.{number}", each


def _behind(member: object) -> tuple[object, ...]:
    """What is called in the end where a member of a class is read or set."""
    return (member.fget, member.fset) if isinstance(member, property) else (_function(member),)


def _function(value: object) -> object:
    """What is called in the end."""
    return inspect.unwrap(value) if callable(value) else getattr(value, "__func__", value)


def _is_record(value: object) -> bool:
    """Something that others have imported, of whose fields some may be constants."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _is_constant(value: object) -> bool:
    return isinstance(value, str | int | float | tuple | dict)


# --- What notices -----------------------------------------------------------------------------------------------------


class Numbers:
    """What the parity cases say of a mutant, without models where none is needed."""

    def __init__(self) -> None:
        self._before = {str(case): mapped(case) for case in CASES}

    def unequal(self, case: Case) -> bool:
        """Whether the logits of a case are not equal. Only those with another config than before can be."""
        before, deviations_before = self._before[str(case)]
        try:
            config, deviations = mapped(case)
            if deviations == deviations_before and not differences(before, config):
                return False
        # A mutant may raise anything.
        except Exception:
            return True
        return unequal(case)


def unequal(case: Case) -> bool:
    """Whether the logits of a case are not equal."""
    try:
        config, deviations = mapped(case)
        result = compare(case.config(), config, deviations, limit=case.tolerance)
    # A mutant may raise anything, from here or from Megatron.
    except Exception:
        return True
    return not max(result.max_difference_eval, result.max_difference_train) <= case.tolerance


def _unlike_said(row: Refusal) -> bool:
    """Whether the config of a row is not refused as it must be, or one of its neighbours is."""
    hf = row.config()
    try:
        for neighbour in row.accepted():
            to_megatron(neighbour, **row.asking)
    # A mutant may raise anything.
    except Exception:
        return True
    try:
        to_megatron(hf, **row.asking)
    except UnsupportedConfigError as error:
        return {refusal.field for refusal in error.refusals} != {row.row.field} or not values_are_said(hf, error)
    except Exception:
        return True
    return True


@dataclass(frozen=True)
class Check:
    """What may notice a mutant."""

    oracle: str
    name: str
    fails: Callable[[], bool]
    families: frozenset[str] = frozenset()
    """Those that it is about; none if it is about all of them, or about none."""


@dataclass(frozen=True)
class Seen:
    """What a check does without a mutant."""

    seconds: float
    places: frozenset[Place]
    """The statements that mutants change, and that it executes."""


class Judge:
    """A pytest plugin that runs the collected tests against each mutant, instead of once."""

    oracles: Mapping[str, str] = ORACLES
    """The files of tests by what they are called."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.verdicts: list[Verdict] = []
        self._mutants = mutants
        self.items: dict[str, list[pytest.Item]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("some tests cannot be collected, and would notice nothing")
        known = [item for item in session.items if item.get_closest_marker("xfail") is None]
        self.items = {
            oracle: [item for item in known if item.path == ROOT / path] for oracle, path in self.oracles.items()
        }
        with Progress(len(self._mutants), lines=True, threads=False) as progress, _quiet():
            self.prepare()
            for verdict in self._all():
                self.verdicts.append(verdict)
                if not verdict.killed_by:
                    print(f"survived: {verdict.test}\n{verdict.mutant.diff}", file=sys.stderr, flush=True)
                progress.next(verdict.mutant.module)
        return True

    def process(self) -> AbstractContextManager[None]:
        """What tests run in that do not ask for a fixture of it."""
        return single_process()

    def checks(self) -> Iterator[Check]:
        """Everything that may notice one of the mutants."""
        numbers = Numbers()
        for oracle, items in self.items.items():
            for item in items:
                yield Check(oracle, name(item), partial(fails, item), _families(item))
        for row in REFUSALS:
            yield Check(REFUSED, str(row), partial(_unlike_said, row), frozenset({row.family}))
        for case in CASES:
            yield Check(LOGITS, str(case), partial(numbers.unequal, case), frozenset({case.family}))

    def prepare(self) -> None:
        """See which statements are executed by what may notice a mutant of them."""
        self.killers: dict[str, list[str]] = defaultdict(list)
        concerned = {family for mutant in self._mutants for family in _concerned(mutant.module)}
        checks = [check for check in self.checks() if not check.families or check.families & concerned]
        # Each takes some of every kind.
        parts = [checks[start :: -(-len(checks) // PART)] for start in range(-(-len(checks) // PART))]
        self.places = {each for each in map(place, self._mutants) if each is not None}
        seen: list[tuple[Check, Seen]] = []
        for answer in answers(parts, partial(_see, self.places)):
            assert answer.said is not None, "tests crash as it is"
            seen += zip(answer.about, answer.said, strict=True)
        self._seen = sorted(seen, key=lambda each: each[1].seconds)

    def _all(self) -> Iterator[Verdict]:
        """Every mutant in a process of its own, which it may crash; forked, because imports take longer than most."""
        for answer in answers(self._mutants, self._answer):
            unheard = ("", f"NOT JUDGED in {answer.seconds:.0f} s") if answer.ended else (CRASH, "no answer")
            verdict = Verdict(answer.about, *(answer.said or unheard), answer.seconds)
            if verdict.killed_by:
                killers = self.killers[verdict.mutant.module]
                if verdict.test in killers:
                    killers.remove(verdict.test)
                killers.insert(0, verdict.test)
            yield verdict

    def _answer(self, mutant: Mutant) -> tuple[str, str]:
        # A mutant may ask for a table of any length; it gets an error, and the machine keeps its memory.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        with self.process():
            with applied(mutant):
                found = self.noticed(mutant)
            if found is None:
                return "", ""
            return BROKEN if found.fails() else found.oracle, found.name

    def meeting(self, mutant: Mutant) -> list[Check]:
        """What may notice a mutant, what noticed others of its module first, then the quickest."""
        changed, killers = place(mutant), self.killers[mutant.module]
        met = [check for check, seen in self._seen if changed in seen.places]
        if not met:
            # It is computed at import, or what executed it has been remembered since.
            families = _concerned(mutant.module)
            met = [check for check, _ in self._seen if not check.families or check.families & families]
        return sorted(met, key=lambda check: killers.index(check.name) if check.name in killers else len(killers))

    def noticed(self, mutant: Mutant) -> Check | None:
        """What fails first."""
        for check in self.meeting(mutant):
            allow_seconds()
            if check.fails():
                return check
        return None


def _see(places: Collection[Place], checks: Sequence[Check]) -> list[Seen]:
    seen: list[Seen] = []
    with single_process():
        for check in checks:
            start = time.perf_counter()
            with executed(places) as found:
                check.fails()
            seen.append(Seen(time.perf_counter() - start, frozenset(found)))
    return seen


@cache
def _concerned(module: str) -> frozenset[str]:
    """The families that a mutant of a module may change."""
    return frozenset(family for family in FAMILIES if family == module or uses(family, module))


def allow_seconds() -> None:
    """End this process, which counts as a crash of the mutant, if what comes next takes longer than any test does."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + SECONDS, resource.RLIM_INFINITY))


def name(item: pytest.Item) -> str:
    """What a test is called, without its folder."""
    return item.nodeid.rpartition("/")[2]


def _families(item: pytest.Item) -> frozenset[str]:
    """The families that a test is about: it is given a name, the name of a config in a family's folder, or a row."""
    given = vars(item)["callspec"].params.values() if "callspec" in vars(item) else ()
    named = (getattr(value, "family", value) for value in given)
    return frozenset(each.partition("/")[0] for each in named if isinstance(each, str)) & {*FAMILIES}


def fails(item: pytest.Item) -> bool:
    return any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))


@contextmanager
def _quiet() -> Generator[None]:
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)
