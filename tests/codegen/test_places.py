"""A place for everything: each file is named where people look for it, and no two names are easily mistaken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from codegen import project
from tests.support.hf import FAMILIES

ROOTS = (project.ROOT / "codegen", project.ROOT / "runtime" / "mcore_mappers_runtime")
MODELS = project.ROOT / "codegen" / "families"
BULLET = re.compile(r"^- `(\w+)`: \S", re.MULTILINE)

PACKAGES = [init.parent for root in ROOTS for init in sorted(root.rglob("__init__.py")) if init.parent != MODELS]


def there(package: Path) -> set[str]:
    """The modules and packages in a package."""
    modules = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: f"{path.relative_to(project.ROOT)}/")
def test_a_package_says_what_is_in_each_of_its_files(package: Path) -> None:
    said = BULLET.findall(ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or "")
    assert sorted(said) == sorted(there(package)), "one line for each file in the package's docstring"


def alike(one: str, other: str) -> bool:
    """Whether two names differ by one letter, another or one more; of three letters, none are mistaken."""
    short, long = sorted((one, other), key=len)
    if len(short) == 3:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return len(long) == len(short) + 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def names() -> Iterator[str]:
    """Those of all modules; models have the names that their authors gave them."""
    for package in PACKAGES:
        yield from there(package) - set(FAMILIES)


def test_no_two_names_of_modules_differ_by_a_letter() -> None:
    known = sorted(set(names()))
    assert {"layers", "rope"} <= set(known)
    assert [pair for pair in combinations(known, 2) if alike(*pair)] == []


def test_what_is_alike() -> None:
    assert alike("window", "windows")
    assert alike("rows", "raws")
    assert not alike("rows", "rows")
    assert not alike("latent", "layers")
