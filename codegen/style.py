"""How generated code looks: black, with the project's own settings."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import cast

from black import format_str
from black.const import DEFAULT_LINE_LENGTH
from black.files import parse_pyproject_toml
from black.mode import Mode, TargetVersion

from codegen.diagnostics import SourceError


@cache
def _mode(pyproject: Path) -> Mode:
    settings = parse_pyproject_toml(str(pyproject))
    versions = {TargetVersion[str(name).upper()] for name in settings.get("target_version", [])}
    return Mode(target_versions=versions, line_length=int(settings.get("line_length", DEFAULT_LINE_LENGTH)))


def formatted(source: str, path: str, pyproject: Path) -> str:
    """The source as black writes it.

    Raises:
        SourceError: it is no Python.
    """
    try:
        text = format_str(source, mode=_mode(pyproject))
        ast.parse(text, filename=path)
    except ValueError as error:
        # What black raises for source that it cannot read is one.
        raise SourceError(f"{path}: what the rules give is no Python: {error}") from None
    except SyntaxError as error:
        raise SourceError(f"{path}:{error.lineno}: what the rules give is no Python: {error.msg}") from None
    return text


@cache
def identity(pyproject: Path) -> str:
    """What decides the style: the version of black and its settings."""
    mode = _mode(pyproject)
    return f"black {metadata.version('black')}, line length {mode.line_length}"


def says_the_same(text: bytes, source: str) -> bool:
    """Whether a text has the code and the comments of a source, in whatever layout.

    It costs a tenth of formatting. Where it says no, black may still make that text of the source.
    """
    try:
        there = text.decode("utf-8")
        return _equal(_code(there), _code(source)) and [*_comments(there)] == [*_comments(source)]
    except (SyntaxError, ValueError, tokenize.TokenError):
        return False


def _code(text: str) -> ast.Module:
    tree = ast.parse(text)
    for statement in _statements(tree):
        match statement:
            case ast.Expr(value=ast.Constant(value=str(documentation)) as constant):
                # Black indents docstrings.
                constant.value = "\n".join(line.strip() for line in documentation.strip().splitlines())
            case _:
                pass
    return tree


def _equal(one: object, other: object) -> bool:
    """Whether two trees are the same, wherever their nodes stand; twice as fast as to write both out."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(_equal(getattr(one, name), getattr(other, name)) for name in one._fields)
    if isinstance(one, list):
        ours, theirs = cast("list[object]", one), cast("list[object]", other)
        return len(ours) == len(theirs) and all(map(_equal, ours, theirs))
    return one == other


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement below; inside expressions, of which there are ten times as many nodes, there are none."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, ast.expr):
            yield from _statements(child)


_LAYOUT = frozenset({"(", ")", ","})
"""What black adds and takes away."""


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Every comment, and how many tokens stand before it."""
    if "#" not in text:
        return
    count = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        match token.type:
            case tokenize.COMMENT:
                yield count, token.string
            case tokenize.NAME | tokenize.NUMBER | tokenize.STRING:
                count += 1
            case tokenize.OP if token.string not in _LAYOUT:
                count += 1
            case _:
                pass
