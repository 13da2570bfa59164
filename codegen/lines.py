"""Where in a file of the table something stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from codegen.shape import Step


def assigned(file: Path) -> dict[str, ast.Assign | ast.AnnAssign]:
    """The names that a module assigns at its top level; nothing of what cannot be read."""
    found: dict[str, ast.Assign | ast.AnnAssign] = {}
    for node in _tree(file).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
            case _:
                pass
    return found


def line_of_value(file: Path, name: str, way: Sequence[Step] = ()) -> int | None:
    """The line of what a constant holds, as near as the way leads in calls and tuples; None where there is none."""
    node = assigned(file).get(name)
    if node is None:
        return None
    inner = node.value
    line = node.lineno
    for step in way:
        inner = _entry(inner, step)
        if inner is None:
            break
        line = inner.lineno
    return line


def line_of_row(file: Path, row: str) -> int | None:
    """The first line where a row of the table stands, of which this is the beginning; None where it cannot be told."""
    try:
        wanted = ast.parse(row, mode="eval").body
    except SyntaxError:
        return None
    if not isinstance(wanted, ast.Call):
        return None
    lines = [node.lineno for node in _calls(_tree(file)) if _begins(node, wanted)]
    return min(lines, default=None)


def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _entry(node: ast.expr | None, step: Step) -> ast.expr | None:
    match node, step:
        case ast.Call(keywords=keywords), str():
            return next((each.value for each in keywords if each.arg == step), None)
        case ast.Tuple(elts=entries) | ast.List(elts=entries), int() if step < len(entries):
            unpacked = any(isinstance(each, ast.Starred) for each in entries[: step + 1])
            return None if unpacked else entries[step]
        case _:
            return None


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _begins(node: ast.Call, wanted: ast.Call) -> bool:
    """Whether a call is of the same name, and its arguments begin with the same."""
    given = [ast.dump(each) for each in (*node.args, *(keyword.value for keyword in node.keywords))]
    first = [ast.dump(each) for each in wanted.args[:1]]
    return ast.dump(node.func) == ast.dump(wanted.func) and given[: len(first)] == first
