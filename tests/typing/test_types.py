"""The code is clean under strict type checking against the real upstream packages, and misuse of it is not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import mcore_mappers
from tests.docs.examples import README, WRITTEN, of_families
from tests.selection import draw
from tests.support.plans import TABLES

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("cases.py")
GENERATED = "generated/mcore_mappers"
FAMILIES = {f"{GENERATED}/{name}.py" for name in TABLES}
SHARED = sorted({str(path.relative_to(ROOT)) for path in (ROOT / GENERATED).rglob("*.py")} - FAMILIES)
PARTS = (("codegen",), ("runtime",), ("examples",), tuple(SHARED))
"""What is written for people to import, to run or to read; a slice checks one of these, beside the rest."""
MAPPED = (name for name, family in mcore_mappers.families().items() if family.status == "mapped")
SHOWING = (*WRITTEN, *of_families(draw(MAPPED, 6, "families whose example is type-checked")))
EXAMPLES = {
    f"{re.sub(r'[^a-zA-Z0-9]', '_', page.name)}_{place}": source
    for page in SHOWING
    for place, source in enumerate((*page.python, *page.python_in_shell))
}
"""The Python of pages, by a name for each example."""
DRAWN = draw(PARTS, 1, "parts that are type-checked")
CHECKED = (
    str(CASES.relative_to(ROOT)),
    *(path for part in DRAWN for path in part),
    # They are emitted from one template.
    *draw(sorted(FAMILIES), 6, "families that are type-checked"),
)

Errors = Mapping[Path, Mapping[int, str]]
"""Messages by file and line, counted from 1."""


@cache
def examples() -> tuple[TemporaryDirectory[str], tuple[str, ...]]:
    """A folder, which is there as long as this result, and in it a file for each example of the pages.

    A slice has none without the programs that are examples too.
    """
    folder = TemporaryDirectory()
    if ("examples",) not in DRAWN:
        return folder, ()
    files = [Path(folder.name) / f"{name}.py" for name in EXAMPLES]
    for file, source in zip(files, EXAMPLES.values(), strict=True):
        file.write_text(source, "utf-8")
    return folder, tuple(map(str, files))


@cache
def basedpyright() -> Errors:
    """What pyright says in strict mode, but for the one rule that `pyproject.toml` turns off."""
    program = Path(sys.executable).with_name("basedpyright")
    command = [program, "--outputjson", "--pythonpath", sys.executable, *CHECKED, *examples()[1]]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    report = json.loads(finished.stdout)
    assert report["summary"]["filesAnalyzed"] >= len(CHECKED), finished.stderr
    found: dict[Path, dict[int, str]] = {}
    for diagnostic in report["generalDiagnostics"]:
        if diagnostic["severity"] == "error":
            line = diagnostic["range"]["start"]["line"] + 1
            found.setdefault(Path(diagnostic["file"]), {})[line] = diagnostic["message"]
    return found


@cache
def mypy() -> Errors:
    """What mypy says in strict mode, untyped imports followed."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", *CHECKED, *examples()[1]]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 1, finished.stdout + finished.stderr
    found: dict[Path, dict[int, str]] = {}
    for line in finished.stdout.splitlines():
        match = re.fullmatch(r"(.+?):(\d+): error: (.*)", line)
        if match:
            found.setdefault(ROOT / match[1], {})[int(match[2])] = match[3]
    return found


def outside_cases(errors: Errors) -> list[str]:
    return [
        f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name}:{line}: {message}"
        for path, lines in errors.items()
        if path != CASES
        for line, message in lines.items()
    ]


def marked() -> set[int]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if line.endswith("# rejected")}


def test_the_readme_has_examples() -> None:
    assert len(README.python) >= 3
    assert "to_megatron(hf, " in README.python[0]


each_checker = pytest.mark.parametrize("checker", draw((basedpyright, mypy), 1, "type checkers"))


@each_checker
def test_nothing_is_found(checker: Callable[[], Errors]) -> None:
    assert outside_cases(checker()) == []


@each_checker
def test_misuse_is_rejected_and_nothing_else(checker: Callable[[], Errors]) -> None:
    assert set(checker()[CASES]) == marked()
