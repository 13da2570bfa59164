"""What the tests of each family cost, and which cost more than they may.

Counted is processor time of the process that runs the tests, which does not depend on what else the machine does as
much as a clock does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Mapping
from time import process_time
from typing import Any

import pytest

SECONDS = 3.0
"""Of a family in a slice, all its tests together: with this a hundred families take five minutes of one core."""

Spent = Mapping[str, Mapping[str, float]]
"""Seconds by family and file."""


class Budget:
    """A plugin that adds up, in this process and in those of xdist, and says in the end who is beyond the budget."""

    def __init__(self, family_in: Callable[[str], str | None], enforced: bool) -> None:
        self._family_in = family_in
        self._enforced = enforced
        self._spent: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        started = process_time()
        result = yield
        if family := self._family_in(item.nodeid):
            self._spent[family][item.nodeid.partition("::")[0]] += process_time() - started
        return result

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # What xdist has for results of a process; elsewhere there is nobody to tell.
        if (output := getattr(session.config, "workeroutput", None)) is not None:
            output["spent"] = {family: dict(files) for family, files in self._spent.items()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        spent: Spent = getattr(node, "workeroutput", {}).get("spent", {})
        for family, files in spent.items():
            for file, seconds in files.items():
                self._spent[family][file] += seconds

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._enforced:
            for line in beyond(self._spent):
                terminalreporter.write_line(line, yellow=True)


def beyond(spent: Spent, seconds: float = SECONDS) -> list[str]:
    """A line for each family whose tests take more than they may, the worst first, with the file that costs most."""
    totals = {family: sum(files.values()) for family, files in spent.items()}
    lines: list[str] = []
    for family in sorted(totals, key=totals.__getitem__, reverse=True):
        if totals[family] > seconds:
            file, most = max(spent[family].items(), key=lambda cost: cost[1])
            said = f"{totals[family]:.1f} s of CPU, and its budget is {seconds:g} s"
            lines.append(f"{family}: {said} ({most:.1f} s in {file})")
    return lines
