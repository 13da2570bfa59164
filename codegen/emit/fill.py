"""Fills templates: Python files in which names in capitals stand for what a plan has.

A name alone on a line stands for statements, `NAME=NAME,` or `NAME: NAME,` for keyword arguments or dictionary entries,
each on a line of its own, and any other use for an expression. What is filled in has the indentation of its place.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from codegen.functions import GENERATED, RUNTIME, Import


@dataclass(frozen=True)
class Filling:
    """What each placeholder becomes, as source."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Expressions, for names and for strings that consist of the placeholder."""
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Statements, for a placeholder that is a line of its own."""
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Keyword arguments or dictionary entries, each with the comments above it."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any of the names, and a string that consists of one."""
        names = "|".join(self.names)
        return re.compile(rf'"({names})"|\b({names})\b')


def fill(template: str, filling: Filling) -> str:
    """The template with every placeholder replaced."""
    return "".join(_filled(line, filling) for line in template.splitlines(keepends=True))


_LINE = re.compile(r"(?P<indent> *)(?P<name>[A-Z_]+)\n")
_ENTRY = re.compile(r"(?P<indent> *)(?P<name>[A-Z_]+)(?:=|: )(?P=name),\n")


def _filled(line: str, filling: Filling) -> str:
    for pattern, sources, end in ((_LINE, filling.lines, "\n"), (_ENTRY, filling.entries, ",\n")):
        if (match := pattern.fullmatch(line)) and match["name"] in sources:
            return "".join(_indented(source.rstrip("\n"), match["indent"]) + end for source in sources[match["name"]])
    return filling.pattern.sub(lambda match: filling.names[match[1] or match[2]], line) if filling.names else line


def _indented(source: str, indent: str) -> str:
    return "\n".join(f"{indent}{line}" if line else "" for line in source.split("\n"))


def with_imports(source: str, candidates: Sequence[Import] = (), type_only: Sequence[Import] = ()) -> str:
    """The module with the imports that its lines need, sorted and grouped.

    Args:
        source: a docstring, imports of its own, and the rest.
        candidates: what its lines may name.
        type_only: what only annotations may name.
    """
    lines = source.splitlines(keepends=True)
    tree = ast.parse(source)
    asked = _asked_first(tree)
    own = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    found = [Import("." * node.level + (node.module or ""), alias.name) for node in own for alias in node.names]
    for node in sorted((*own, *asked), key=lambda each: each.lineno, reverse=True):
        del lines[node.lineno - 1 : node.end_lineno]
    first = tree.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    end = first.end_lineno if docstring and first.end_lineno is not None else 0
    header, body = "".join(lines[:end]), "".join(lines[end:])
    used = set(_names(tree))
    wanted = {known for known in (*found, *candidates) if known.name in used or known.module == "__future__"}
    lazy = {known for known in type_only if known.name in used} - wanted
    if lazy:
        wanted.add(Import("typing", "TYPE_CHECKING"))
    text = _import_block(wanted, [ast.unparse(node) for node in asked])
    if lazy:
        text += "\nif TYPE_CHECKING:\n" + _indented(_import_block(lazy).rstrip("\n"), "    ") + "\n"
    return f"{header}\n{text}\n{body}"


def _names(tree: ast.Module) -> Iterator[str]:
    """The names that a module uses outside of its own imports, or offers as its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=offered)):
                yield from (
                    each.value for each in offered if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
            case _:
                pass


_FIRST = f"{RUNTIME}upstream"
"""The module that is imported before upstream's. What a module calls of it stands right behind: upstream that cannot
have the family is refused there, before an import of what it lacks fails."""


def _asked_first(tree: ast.Module) -> list[ast.Expr]:
    """The statements that call what is imported from there."""
    names = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == _FIRST
        for alias in node.names
    }
    return [
        node
        for node in tree.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in names
    ]


def _import_block(wanted: set[Import], asked: Sequence[str] = ()) -> str:
    groups: list[list[str]] = [[], [], [], [], [], [], []]
    for module in sorted({known.module for known in wanted}):
        names = sorted({known.name for known in wanted if known.module == module}, key=_import_order)
        line = f"from {module} import {', '.join(names)}" if module else "\n".join(f"import {name}" for name in names)
        groups[_group(module)].append(line)
    groups[_BEHIND_FIRST] += asked
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


_BEHIND_FIRST = 3
"""Where among the groups the calls stand."""


def _import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions: the usual order."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _group(module: str) -> int:
    if module == "__future__":
        return 0
    if not module or module.partition(".")[0] in sys.stdlib_module_names:
        return 1
    if module == _FIRST:
        return 2
    if module.startswith("."):
        return 6
    return 5 if module.startswith((RUNTIME, GENERATED)) else 4
