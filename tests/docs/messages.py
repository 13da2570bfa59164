"""`docs/messages.md`: everything that the package says, by the module that says it, to be read as one text.

`python -m tests.docs.messages` writes it, from the sources: no message is missing because no test provokes it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from codegen.pages.proven import DOCS
from codegen.project import GENERATED, PACKAGE, ROOT, RUNTIME

PAGE = DOCS / "messages.md"

_INTRODUCTION = """\
# Messages

Every sentence, or part of one, that an error, a warning or a refusal of the package can hold, by the module that has
it. What stands in braces is put in. A refusal begins with the field and its value (`hidden_act = 'gelu'`), so that
most of these go on after a colon.

Written by `python -m tests.docs.messages`.
"""

_OTHERS = (
    "_declared",
    "_explained",
    "_families",
    "_fields",
    "_keys",
    "_owners",
    "_registry",
    "_releases",
    "_symbols",
    "typing",
)
"""Generated modules that say nothing themselves, or again what the mappers say."""


def text() -> str:
    """The page."""
    runtime = sorted((RUNTIME / "mcore_mappers_runtime").rglob("*.py"))
    generated = sorted((GENERATED / PACKAGE).rglob("*.py"))
    said: set[str] = set()
    sections: list[str] = []
    for path in (*runtime, *(each for each in generated if each.stem not in _OTHERS)):
        new = [each for each in dict.fromkeys(_sentences(path)) if each not in said]
        said.update(new)
        if new:
            sections.append(
                f"\n## {path.relative_to(ROOT).with_suffix('')}\n\n" + "".join(f"- {each}\n" for each in new)
            )
    return _INTRODUCTION + "".join(sections)


def _sentences(path: Path) -> Iterator[str]:
    """The strings of a module that are words for people, in order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(node) for node in _not_said(tree)}
    for node in _walk(tree, skipped):
        if isinstance(node, ast.JoinedStr):
            found = "".join(_piece(each) for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = node.value
        else:
            continue
        line = " ".join(found.split())
        if " " in line:
            yield line


def _walk(node: ast.AST, skipped: set[int]) -> Iterator[ast.AST]:
    """All nodes in the order of the source; not the pieces of a formatted string again."""
    if id(node) in skipped:
        return
    yield node
    if not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _walk(child, skipped)
        return
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            yield from _walk(value.value, skipped)


def _not_said(tree: ast.AST) -> Iterator[ast.AST]:
    """Documentation, which stands as a statement, and types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast":
            yield node.args[0]


def _piece(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return f"{{{ast.unparse(node.value)}}}" if isinstance(node, ast.FormattedValue) else ""


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
