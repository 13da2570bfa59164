"""The generator as a whole: a small upstream and a small table in, every line that comes out of it out.

A scenario is a folder below `scenarios/`. Its `table.py` holds the input: `SNAPSHOT`, `OWNERS`, and `FAMILY` (or
`FAMILIES`). The parts that it or a module beside it defines have their names from there, as the project's own do.
Beside it lies the whole outcome: `diagnostics.txt` with every diagnostic of the run, or each emitted module as
`<module>.py.txt` (named so that neither linters nor type checkers take it for one of ours), formatted. A table may name
the modules it is about in `SHOWS`; without that it is the family's own. `REFUSED_CLASSES`, `REMOTE` and
`REFUSED_REMOTE` are what the project's table has under these names. `INSTALLED` gives the versions that are found
installed.

What is expected is never edited by hand. After a change of the generator or a template, rewrite it and read the diff:

    UPDATE_SCENARIOS=1 python -m pytest tests/codegen/test_scenarios.py
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, Sequence
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType

import pytest

from codegen import commands, project
from codegen.diagnostics import Code, GenerationError
from codegen.resolve.collect import Places, file_of
from codegen.style import formatted
from codegen.table import Family

FOLDER = Path(__file__).parent / "scenarios"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/table.py"))
UPDATE = bool(os.environ.get("UPDATE_SCENARIOS"))
DIAGNOSTICS = "diagnostics.txt"


def outcome(table: ModuleType) -> dict[str, str]:
    """The files that a scenario expects: its diagnostics, or its modules."""
    families = getattr(table, "FAMILIES", None) or (table.FAMILY,)
    shown = getattr(table, "SHOWS", None) or tuple(f"{family.name}.py" for family in families)
    try:
        commands._check_versions(table.SNAPSHOT)
        unmapped = getattr(table, "REFUSED_CLASSES", ())
        remote, refused = getattr(table, "REMOTE", ()), getattr(table, "REFUSED_REMOTE", {})
        confirmed = getattr(table, "CONFIRMED", ())
        whole = project.Table(
            families, table.OWNERS, unmapped, remote, refused, confirmed=confirmed, places=places(table, families)
        )
        modules = project.modules(whole, table.SNAPSHOT)
    except GenerationError as error:
        return {DIAGNOSTICS: "".join(f"{diagnostic}\n" for diagnostic in error.diagnostics)}
    for path, source in modules.items():
        if path.endswith(".py"):
            ast.parse(source, filename=path)
    return {
        f"{name.replace('/', '.')}.txt": formatted(modules[f"mcore_mappers/{name}"], name, project.PYPROJECT)
        for name in shown
    }


def places(table: ModuleType, families: Sequence[Family]) -> Places:
    """Where the rows of a scenario stand."""
    folder = import_module(table.__name__.rpartition(".")[0])
    return Places(
        parts=dict(project._parts(folder)),
        families={family.name: file_of(table.__name__) for family in families},
    )


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Distributions that the generator finds; empty, so that the versions of this machine do not matter."""
    found: dict[str, str] = {}

    def version(name: str) -> str:
        if name not in found:
            raise metadata.PackageNotFoundError(name)
        return found[name]

    monkeypatch.setattr(metadata, "version", version)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name: str, installed: dict[str, str]) -> None:
    table = import_module(f"tests.codegen.scenarios.{name}.table")
    installed.update(getattr(table, "INSTALLED", {}))
    folder = FOLDER / name
    produced = outcome(table)
    if UPDATE:
        for path in folder.glob("*.txt"):
            path.unlink()
        for file, text in produced.items():
            (folder / file).write_text(text, encoding="utf-8")
    assert produced == {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}


def test_every_folder_is_a_scenario() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(NAMES)


def test_every_code_has_a_scenario() -> None:
    shown = {
        line.split()[0] for path in FOLDER.glob(f"*/{DIAGNOSTICS}") for line in path.read_text("utf-8").splitlines()
    }
    assert shown == {code.value for code in Code}
