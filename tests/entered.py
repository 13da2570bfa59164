"""Which functions of the layers something calls, and in which one a mutant is."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

from tests.mutations import Mutant
from tests.reach import WRITTEN, source

FOLDER = f"{WRITTEN / 'layers'}/"

Place = tuple[str, str]
"""A module, and the qualified name of a function in it."""


@contextmanager
def entered() -> Generator[set[Place]]:
    """What is called inside; in this process alone, and whole when it ends."""
    found: set[Place] = set()

    def call(code: CodeType, offset: int) -> object:
        del offset
        if code.co_filename.startswith(FOLDER):
            found.add((f"layers.{Path(code.co_filename).stem}", code.co_qualname))
        # Once is enough to know.
        return sys.monitoring.DISABLE

    monitoring = sys.monitoring
    tool, event = monitoring.COVERAGE_ID, monitoring.events.PY_START
    monitoring.use_tool_id(tool, __name__)
    monitoring.register_callback(tool, event, call)
    monitoring.set_events(tool, event)
    # Of what was called before, too.
    monitoring.restart_events()
    try:
        yield found
    finally:
        monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


def place(mutant: Mutant) -> Place | None:
    """The function that a mutant changes; none where it changes what is computed when the module is imported."""
    hunk = re.search(r"^@@ -(\d+)(?:,(\d+))? ", mutant.diff, re.MULTILINE)
    assert hunk is not None
    first, count = int(hunk[1]), int(hunk[2] or 1)
    names = _around(ast.parse(source(mutant.module)), first, first + max(count, 1) - 1)
    return (mutant.module, names) if names else None


def _around(tree: ast.AST, first: int, last: int, outside: str = "") -> str:
    """The qualified name of the innermost function in whose body these lines are."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and node.lineno <= first and last <= (node.end_lineno or 0):
            return _around(node, first, last, f"{outside}{node.name}.")
        if isinstance(node, ast.FunctionDef) and node.body[0].lineno <= first and last <= (node.end_lineno or 0):
            name = f"{outside}{node.name}"
            return _around(node, first, last, f"{name}.<locals>.") or name
    return ""
