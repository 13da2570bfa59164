"""What upstream says of a field: read from its source when somebody wants to read it, and kept nowhere.

The words are other people's. A snapshot holds a digest of them, so that a change of them is seen.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from codegen.introspect.definitions import Found, bases, methods, resolve

# "name (`type`, *optional*): text"; the text goes on in deeper indented lines.
_ENTRY = re.compile(r"^(?P<indent>[ \t]*)(?:- \*\*)?(?P<name>\w+)(?:\*\*)? ?\(.*?\)(?::| --)(?P<text>.*)$")

# What transformers says of the fields that most of its config classes have; it completes docstrings with that.
_SHARED = ("transformers.utils.auto_docstring", "ConfigArgs")
_COMPLETED = "auto_docstring"


def text(field: str, beside: tuple[Path, ...] = ()) -> str | None:
    """What upstream says of a field or a property, with whitespace normalised; empty where it says nothing.

    Args:
        field: the import path of its class, and its name: `module.Class.field`.
        beside: folders with releases that are to be read rather than the installed ones.

    Returns:
        None where there is no source of the class.
    """
    path, _, name = field.rpartition(".")
    module, _, kind = path.rpartition(".")
    found = resolve(module, kind, beside)
    return None if found is None else _texts(found).get(name, "")


def digest(field: str) -> str:
    """A short digest of what upstream says of a field; empty where it says nothing."""
    said = text(field)
    return hashlib.sha256(said.encode("utf-8")).hexdigest()[:12] if said else ""


@cache
def _texts(found: Found) -> Mapping[str, str]:
    """By field: what a class says itself, and for the rest what the classes say that it extends."""
    if not isinstance(found.node, ast.ClassDef):
        return {}
    said: dict[str, str] = {}
    for _, base in bases(found):
        if isinstance(base, Found):
            said = {**_texts(base), **said}
    return {**said, **_own(found, found.node)}


def _own(found: Found, node: ast.ClassDef) -> Mapping[str, str]:
    return {
        **_completed(found, node),
        **_entries(ast.get_docstring(node, clean=False) or ""),
        **{name: _plain(ast.get_docstring(method) or "") for name, method in methods(node).items()},
        **dict(_below(node)),
    }


def _completed(found: Found, node: ast.ClassDef) -> Mapping[str, str]:
    """What transformers completes the docstring of a class with, about the fields that the class declares."""
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
    if not any(isinstance(mark, ast.Name) and mark.id == _COMPLETED for mark in marks):
        return {}
    shared = resolve(*_SHARED, found.module.beside)
    if shared is None or not isinstance(shared.node, ast.ClassDef):
        return {}
    said = _shared(shared.node)
    return {name: said[name] for name, _ in _declared(node) if name in said}


@cache
def _shared(node: ast.ClassDef) -> Mapping[str, str]:
    said: dict[str, str] = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as entry):
                said[name] = _plain(str(ast.literal_eval(entry)["description"]))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)) if other in said:
                said[name] = said[other]
            case _:
                pass
    return said


def _declared(node: ast.ClassDef) -> Iterator[tuple[str, ast.stmt | None]]:
    """The annotated attributes of a class body, each with the statement below it."""
    for statement, following in pairwise((*node.body, None)):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, following


def _below(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The strings that stand below attributes."""
    for name, following in _declared(node):
        match following:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield name, _plain(words)
            case _:
                pass


def _entries(docstring: str) -> Mapping[str, str]:
    """The entries of a docstring that are about one name each."""
    entries: dict[str, list[str]] = {}
    current: list[str] | None = None
    indent = 0
    for line in docstring.splitlines():
        match = _ENTRY.match(line)
        depth = len(line) - len(line.lstrip())
        if match is not None and (current is None or depth <= indent):
            current = entries.setdefault(match["name"], [match["text"]])
            indent = depth
        elif line.strip() and depth <= indent:
            current = None
        elif current is not None:
            current.append(line)
    return {name: _plain(" ".join(lines)) for name, lines in entries.items()}


def _plain(words: str) -> str:
    return " ".join(words.split())
