"""Which statements of the packages something executes, and in which one a mutant is."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType

from tests.mutations import Mutant
from tests.reach import path, source

COMPOUND = ast.If | ast.For | ast.While | ast.With | ast.Try | ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Place:
    """A statement of a function, or what stands before the body of a compound one; which lines of which module."""

    module: str
    first: int
    last: int


@contextmanager
def executed(places: Collection[Place]) -> Generator[set[Place]]:
    """Which of these are executed inside; in this process alone, and whole when it ends."""
    watched: dict[tuple[str, int], set[Place]] = defaultdict(set)
    for each in places:
        for number in range(each.first, each.last + 1):
            watched[str(path(each.module)), number].add(each)
    found: set[Place] = set()

    def line(code: CodeType, number: int) -> object:
        if (there := watched.get((code.co_filename, number))) is not None:
            found.update(there)
        # Once is enough to know.
        return sys.monitoring.DISABLE

    monitoring = sys.monitoring
    tool, event = monitoring.COVERAGE_ID, monitoring.events.LINE
    monitoring.use_tool_id(tool, __name__)
    monitoring.register_callback(tool, event, line)
    monitoring.set_events(tool, event)
    # Of what was executed before, too.
    monitoring.restart_events()
    try:
        yield found
    finally:
        monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


@cache
def place(mutant: Mutant) -> Place | None:
    """The statement that a mutant changes; none where it changes what is computed when the module is imported."""
    hunk = re.search(r"^@@ -(\d+)(?:,(\d+))? ", mutant.diff, re.MULTILINE)
    assert hunk is not None
    first = int(hunk[1])
    last = first + max(int(hunk[2] or 1), 1) - 1
    around = [
        node
        for node in ast.walk(ast.parse(source(mutant.module)))
        if isinstance(node, ast.stmt) and node.lineno <= first and last <= (node.end_lineno or 0)
    ]
    if not any(isinstance(node, ast.FunctionDef) and node.body[0].lineno <= first for node in around):
        return None
    inner = max(around, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    if isinstance(inner, COMPOUND) and last < inner.body[0].lineno:
        return Place(mutant.module, inner.lineno, inner.body[0].lineno - 1)
    return Place(mutant.module, inner.lineno, inner.end_lineno or inner.lineno)
