"""How tests are spread over processes (`make test` runs two), and what makes each of them faster."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.budget import Budget
from tests.selection import MANY, Selection, choose, families_in_turn, in_turn, seed_of

# One thread in each process: what is computed is small, and the processes share the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Vectors round otherwise than single numbers, and which of the two torch takes follows from where a tensor lies in
# memory: what must be equal to the last bit (a field that nothing reads) would be so on some processors only.
os.environ.setdefault("ATEN_CPU_CAPABILITY", "default")
# Nothing that a CPU runs here is worth compiling, and asking for it imports a compiler in every process.
os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")

TESTS = Path(__file__).parent


def _stems(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("[!_]*.py")}


# Read from the folders: the process that only hands out tests imports nothing of the package.
FAMILIES = frozenset(
    _stems(TESTS.parent / "codegen" / "families") & _stems(TESTS.parent / "generated" / "mcore_mappers")
)

ONE_RUN = frozenset({"test_parallel"})
"""Files in which one run makes the results of all families."""

PROOFS = frozenset({"test_parity", "test_proofs", "test_refusals"})
"""Files that every slice has for all families: that the models are equal, and that what is refused cannot be mapped."""

BUMPS = "tests/bumps"
"""Their tests share what is generated for older releases."""

FIRST = ("test_parallel", "test_programs", "test_owners", "test_types", "test_full_size", "test_check", "test_emit")
"""Long files that are done in one process; begun last, they would leave the other one idle."""


def family_in(nodeid: str) -> str | None:
    """The family that a test is about, if it is about one."""
    return next((word for word in re.findall(r"\w+", nodeid.partition("[")[2]) if word in FAMILIES), None)


def group_of(nodeid: str) -> str:
    """Tests that share what is made once, and run in one process: those of a file, and there, of a family."""
    file = nodeid.partition("::")[0]
    stem = Path(file).stem
    if stem in ONE_RUN:
        return stem
    if file.startswith(BUMPS):
        return BUMPS
    family = family_in(nodeid)
    return stem if family is None else f"{stem}-{family}"


def costly_unit(item: pytest.Item) -> str:
    """What has its turn together with a test that is marked as costly: its file, or all its cases; else empty."""
    return next((node.nodeid.partition("[")[0] for node, _ in item.iter_markers_with_node("costly")), "")


def without_a_turn(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Those of a test of many families that are about one whose turn is in other files."""
    of_test: defaultdict[str, dict[pytest.Item, str]] = defaultdict(dict)
    for item in items:
        if item.path.stem not in PROOFS and (family := family_in(item.nodeid)):
            of_test[item.nodeid.partition("[")[0]][item] = family
    for test, families in of_test.items():
        if len({*families.values()}) > MANY:
            turn = families_in_turn(FAMILIES, test.partition("::")[0])
            yield from (item for item, family in families.items() if family not in turn)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("selection", "what is checked")
    group.addoption("--family", default="", help="what is about this family, and nothing else")
    group.addoption("--whole", action="store_true", help="all variants, all processes and all pairs; else a slice")
    group.addoption("--seed", default="", help="which slice; else a digest of the table, the snapshot and the tests")


def pytest_configure(config: pytest.Config) -> None:
    options = config.option
    if options.family and options.family not in FAMILIES:
        raise pytest.UsageError(f"--family: there is no family {options.family!r}")
    # Kept among the options, which xdist's processes get as they are here.
    config.addinivalue_line("markers", "costly: takes seconds; a slice has some of these, whichever have their turn")
    options.seed = "" if options.whole else options.seed or seed_of()
    choose(Selection(options.family, options.seed))
    config.pluginmanager.register(Budget(family_in, enforced=not options.whole), "budget")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    # They are not shown, and a number of them tells nobody anything.
    terminalreporter.stats.pop("warnings", None)
    if seed := config.option.seed:
        terminalreporter.write_line(f"a slice: `SEED={seed}` gives the same one, `make prove ALL=1` everything")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Not `--dist loadgroup`: xdist 3.8 writes a group where pytest 9.2 does not look, and spreads single tests."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    # In the order in which they were collected, not the groups with most tests first.
    config.option.loadscopereorder = False
    return ByGroup(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if family := config.option.family:
        others = [item for item in items if family_in(item.nodeid) != family]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if family_in(item.nodeid) == family]
        return
    costly = {item: unit for item in items if (unit := costly_unit(item))}
    kept = in_turn(costly.values())
    if others := {item for item, unit in costly.items() if unit not in kept} | {*without_a_turn(items)}:
        config.hook.pytest_deselected(items=[*others])
        items[:] = [item for item in items if item not in others]
    order = {stem: index for index, stem in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(FIRST)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A base config that is wrong is said once in each process, and not by every test that starts from it."""
    if family := family_in(item.nodeid):
        # Here, because the process that only hands out tests reads this file too, and needs none of it.
        from tests.families.bases import require

        require(family, run=item.path.parent.name == "numerics")


# Upstream's modules are a million objects that never die, and the collector would visit them again and again: when they
# are imported, which takes a fifth longer then, and afterwards.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    # What is frozen is not collected at exit either, and upstream's bindings then list it all as leaked.
    gc.unfreeze()


@pytest.fixture(scope="session")
def process() -> Generator[None]:
    """One process group for all models that are built, whichever file builds them."""
    from tests.numerics.runtime import single_process

    with single_process():
        yield


@pytest.fixture
def before_native(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transformers as it was before types of remote code had classes of their own."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    from mcore_mappers._families import FAMILIES
    from mcore_mappers._keys import KEYS

    for name, rows in KEYS.remote.items():
        if rows[0].native_since:
            monkeypatch.delitem(CONFIG_MAPPING._mapping, name)
            if name in FAMILIES:
                monkeypatch.setitem(sys.modules, FAMILIES[name].config_class.rpartition(".")[0], None)
