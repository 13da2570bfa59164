"""Fills templates: Python files in which some names stand for what a plan has.

libcst's own template helpers splice no lists and drop comments above placeholders, so names are replaced here: a
name alone on a line by statements, a keyword or dictionary entry of that name by many, any other use by an expression.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import libcst as cst

from codegen.functions import GENERATED, RUNTIME, Import


@dataclass(frozen=True)
class Filling:
    """What each placeholder becomes, as source."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Expressions, for names and for strings that consist of the placeholder."""
    statements: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Statements, for a placeholder that is a line of its own."""
    entries: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Keyword arguments or dictionary entries, each with the comments above it, for a placeholder of either kind."""


def fill(template: str, filling: Filling) -> cst.Module:
    """The template with every placeholder replaced."""
    module = cst.parse_module(template).visit(_Filler(filling))
    assert isinstance(module, cst.Module)
    return module


def fill_text(template: str, filling: Filling) -> tuple[str, ...]:
    """The text of each statement that `fill` gives, with what stands above it.

    For a template that is filled many times: it is parsed once, and what is filled in is not parsed at all.
    """
    placeholders = (frozenset(known) for known in (filling.names, filling.statements, filling.entries))
    skeleton = _skeleton(template, *placeholders)
    return tuple(_MARKER.sub(lambda marker: _replacement(marker, filling), text) for text in skeleton)


# A marker says what kind of placeholder it stands for, in how deep a block, and its name. Statements and entries have
# lines of their own.
_MARKER = re.compile(
    r" *__fill_statements_(?P<statements_depth>\d)_(?P<statements>\w+?)__\n"
    r"| *\*\*__fill_entries_(?P<entries_depth>\d)_(?P<entries>\w+?)__,\n"
    r"|__fill_names_(?P<names_depth>\d)_(?P<names>\w+?)__"
)


@cache
def _skeleton(
    template: str, names: frozenset[str], statements: frozenset[str], entries: frozenset[str]
) -> tuple[str, ...]:
    """The text of each statement of a template with a marker for each placeholder."""
    module = cst.parse_module(template).visit(_Marker(names, statements, entries))
    assert isinstance(module, cst.Module)
    return tuple(cst.Module([node]).code for node in module.body)


def _replacement(marker: re.Match[str], filling: Filling) -> str:
    if name := marker["statements"]:
        indent = "    " * int(marker["statements_depth"])
        return "".join(f"{indent}{_indented(source.strip(), indent)}\n" for source in filling.statements[name])
    if name := marker["entries"]:
        indent = "    " * int(marker["entries_depth"])
        return "".join(f"{indent}{_indented(source, indent)},\n" for source in filling.entries[name])
    return _indented(filling.names[marker["names"]], "    " * int(marker["names_depth"]))


def _indented(source: str, indent: str) -> str:
    """The source with this before each line but the first; a docstring has it already."""
    if source.startswith('"""'):
        return source
    assert '"""' not in source, f"the lines of a string may not be indented: {source}"
    return source.replace("\n", f"\n{indent}")


class _Filler(cst.CSTTransformer):
    def __init__(self, filling: Filling) -> None:
        super().__init__()
        self._filling = filling

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        source = self._filling.names.get(original_node.value)
        return updated_node if source is None else cst.parse_expression(source)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        text = original_node.evaluated_value
        source = self._filling.names.get(text) if isinstance(text, str) else None
        return updated_node if source is None else cst.parse_expression(source)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        first = original_node.body[0]
        if isinstance(first, cst.Expr) and isinstance(first.value, cst.Name):
            sources = self._filling.statements.get(first.value.value)
            if sources is not None:
                return cst.FlattenSentinel([node for source in sources for node in cst.parse_module(source).body])
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if not any(_entry_name(argument) in self._filling.entries for argument in original_node.args):
            return updated_node
        sources = [
            source
            for before, after in zip(original_node.args, updated_node.args, strict=True)
            for source in self._filling.entries.get(_entry_name(before), (_code(after),))
        ]
        filled = cst.parse_expression(f"f(\n{_listed(sources)})")
        assert isinstance(filled, cst.Call)
        return updated_node.with_changes(args=filled.args, whitespace_before_args=filled.whitespace_before_args)

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.BaseExpression:
        if not any(_key_name(element) in self._filling.entries for element in original_node.elements):
            return updated_node
        sources = [
            source
            for before, after in zip(original_node.elements, updated_node.elements, strict=True)
            for source in self._filling.entries.get(_key_name(before), (_code(after),))
        ]
        return cst.parse_expression(f"{{\n{_listed(sources)}}}")


class _Marker(_Filler):
    """Fills in a marker for each placeholder."""

    def __init__(self, names: frozenset[str], statements: frozenset[str], entries: frozenset[str]) -> None:
        super().__init__(Filling())
        self._placeholders = {"names": names, "statements": statements, "entries": entries}
        self._depth = 0
        self._mark()

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:
        del node
        self._depth += 1
        self._mark()

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        del original_node
        self._depth -= 1
        self._mark()
        return updated_node

    def _mark(self) -> None:
        marks = {
            kind: {name: f"__fill_{kind}_{self._depth}_{name}__" for name in names}
            for kind, names in self._placeholders.items()
        }
        self._filling = Filling(
            names=marks["names"],
            statements={name: [mark] for name, mark in marks["statements"].items()},
            # Valid among keyword arguments and among the entries of a dictionary.
            entries={name: [f"**{mark}"] for name, mark in marks["entries"].items()},
        )


def _listed(sources: Sequence[str]) -> str:
    """Each on a line of its own with its comma; there may be none."""
    return "".join(f"{source},\n" for source in sources)


def _entry_name(argument: cst.Arg) -> str:
    return argument.keyword.value if argument.keyword is not None else ""


def _key_name(element: cst.BaseDictElement) -> str:
    return element.key.value if isinstance(element, cst.DictElement) and isinstance(element.key, cst.Name) else ""


def _code(node: cst.Arg | cst.BaseDictElement) -> str:
    bare = node.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return cst.Module([]).code_for_node(bare)


def with_imports(module: cst.Module, imports: Sequence[Import], type_only: Sequence[Import] = ()) -> cst.Module:
    """The module with these imports among its own, sorted and grouped.

    Args:
        module: its own imports stand at the top of its body.
        imports: additional ones; doubles are merged.
        type_only: those that only annotations need.
    """
    wanted = {(known.module, known.name) for known in imports}
    body: list[cst.BaseStatement] = []
    docstring: list[cst.BaseStatement] = []
    for position, node in enumerate(module.body):
        statement = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
        if isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar):
            source = cst.Module([]).code_for_node(statement)
            relative = source.split()[1]
            wanted |= {(relative, alias.evaluated_name) for alias in statement.names}
        elif position == 0 and isinstance(statement, cst.Expr):
            docstring = [node]
        else:
            body.append(node)
    lazy = {(known.module, known.name) for known in type_only} - wanted
    if lazy:
        wanted.add(("typing", "TYPE_CHECKING"))
    text = _import_block(wanted)
    if lazy:
        indented = "".join(f"    {line}\n" if line else "\n" for line in _import_block(lazy).splitlines())
        text += f"\nif TYPE_CHECKING:\n{indented}"
    header = cst.parse_module(text)
    return module.with_changes(body=[*docstring, *header.body, *body])


def _import_block(wanted: set[tuple[str, str]]) -> str:
    groups: list[list[str]] = [[], [], [], [], []]
    modules = sorted({module for module, _ in wanted})
    for module in modules:
        names = sorted((name for owner, name in wanted if owner == module), key=_import_order)
        line = f"from {module} import {', '.join(names)}" if module else "\n".join(f"import {name}" for name in names)
        groups[_group(module)].append(line)
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions: the usual order."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _group(module: str) -> int:
    if module == "__future__":
        return 0
    if not module or module.partition(".")[0] in sys.stdlib_module_names:
        return 1
    if module.startswith("."):
        return 4
    return 3 if module.startswith((RUNTIME, GENERATED)) else 2
