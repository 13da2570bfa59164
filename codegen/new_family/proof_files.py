"""What the files of `tests/families` define, read and not imported: they need torch, and every proof at once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Keywords = dict[str, object]

PACKAGE = "tests.families"


@dataclass(frozen=True)
class Source:
    """One file."""

    defined: Mapping[str, ast.expr | None]
    """What it defines, with the expression of constants."""
    imported: Mapping[str, str]
    """Names that it imports, each with the module."""


@cache
def read(folder: Path, module: str) -> Source:
    """What a file of the folder defines."""
    tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
    defined: dict[str, ast.expr | None] = {}
    imported: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                defined[name] = value
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                defined[name] = value
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                defined[name] = None
            case ast.ImportFrom(module=str(where), names=names):
                imported |= {alias.name: where for alias in names}
            case _:
                pass
    return Source(defined, imported)


def keywords(folder: Path, named: str) -> Keywords:
    """The value of a constant that is a dictionary of literals and of other such constants (`shared.DECODER`)."""
    module, _, name = named.partition(".")
    source = read(folder, module)
    node = source.defined[name]
    if not isinstance(node, ast.Dict):
        raise TypeError(f"{named} is no dictionary")
    found: Keywords = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            found[ast.literal_eval(key)] = ast.literal_eval(value)
        elif isinstance(value, ast.Name):
            where = source.imported.get(value.id, f"{PACKAGE}.{module}").rpartition(".")[2]
            found |= keywords(folder, f"{where}.{value.id}")
    return found


def layout(folder: Path, family: str) -> tuple[str, str] | None:
    """Module and name of the layout of a family's proof; None where it has one of its own, or there is no proof."""
    if not (folder / f"{family}.py").is_file():
        return None
    source = read(folder, family)
    match source.defined.get("PROOF"):
        case ast.Call(keywords=given):
            names = [each.value.id for each in given if each.arg == "layout" and isinstance(each.value, ast.Name)]
            return next(((source.imported[name], name) for name in names if name in source.imported), None)
        case _:
            return None
