"""Names that a table gives to modules: which are names at all, and free."""

from __future__ import annotations

import ast
import keyword
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"

_PACKAGES: Final = frozenset(
    {"codegen", "mcore_mappers", "mcore_mappers_runtime", "megatron", "schemas", "torch", "transformers"}
)
"""What stands beside a generated package, and what it imports."""

_PUBLIC: Final = frozenset({"cpu", "fields", "layers", "to_args", "typing"})
"""Names that are the public package's without standing in its template."""


def problem_of_package(name: object) -> str:
    """Why nothing can be generated as a package of this name; empty where it can."""
    if problem := _problem(name):
        return problem
    if name in sys.stdlib_module_names or name in _PACKAGES:
        return f"{name!r} is the name of another package, which would be hidden"
    return ""


def problem_of_family(name: str) -> str:
    """Why no family can have this name, which is that of a module and of an attribute of the package; empty: it can."""
    if problem := _problem(name):
        return problem
    if name in _PUBLIC or name in _bound():
        return f"{name!r} is the name of something else in the package"
    return ""


def _problem(name: object) -> str:
    if not isinstance(name, str):
        return f"{name!r} is no string"
    if not (name.isidentifier() and name.isascii()) or keyword.iskeyword(name):
        return f"{name!r} is no name that Python has for a module"
    return f"{name!r} begins with an underscore, as names do that are not public" if name.startswith("_") else ""


@cache
def _bound() -> frozenset[str]:
    """The names that generated packages have beside their families."""
    texts = ((TEMPLATES / name).read_text("utf-8") for name in ("package.py", "elsewhere.py"))
    return frozenset(name for text in texts for name in _names(ast.parse(text)))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ast.FunctionDef(name=name):
                yield name
            case ast.Assign(value=ast.List() | ast.Dict() as value):
                yield from (
                    each.value
                    for each in ast.walk(value)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
            case _:
                pass
