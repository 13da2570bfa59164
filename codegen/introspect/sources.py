"""Python source as upstream ships it: parsed, never run, with its names resolved across modules.

Modules are found as files below the folder of their top package, so that reading the code of a model costs a parse
and not the import of the model.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path

DISTRIBUTIONS = {"megatron": "megatron-core", "transformers": "transformers"}
"""Top packages of upstream, and the distributions that they come from."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Definition = FunctionNode | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, eq=False)
class Module:
    """One parsed module: what it defines at its top level, and where its other names come from."""

    name: str
    definitions: Mapping[str, Definition]
    imports: Mapping[str, tuple[str, str]]
    """Local name to (module, name there). Imports of whole modules are left out: nothing here needs them."""


@dataclass(frozen=True, eq=False)
class Found:
    """A definition and the module that holds it."""

    module: Module
    name: str
    node: Definition


@cache
def load(name: str) -> Module | None:
    """Parse the module of this dotted name; None where no such source file exists."""
    file = _file(name)
    if file is None:
        return None
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return Module(name, dict(_definitions(tree.body)), dict(_imports(tree, package)))


@cache
def resolve(module: str, name: str) -> Found | None:
    """Find what `name` means in `module`, through re-exports; None for builtins and other packages' names."""
    seen: set[tuple[str, str]] = set()
    while (module, name) not in seen:
        seen.add((module, name))
        source = load(module)
        if source is None:
            return None
        if name in source.definitions:
            return Found(source, name, source.definitions[name])
        if name not in source.imports:
            return None
        module, name = source.imports[name]
    return None


def is_shipped(path: str) -> bool:
    """Whether there is a class of this import path, and in the release at hand.

    `megatron` has no `__init__.py`: beside an older release of it, another installation can lend modules that the older
    one does not have.
    """
    module, _, name = path.rpartition(".")
    file = _file(module)
    if file is None or resolve(module, name) is None:
        return False
    distribution = DISTRIBUTIONS.get(path.partition(".")[0])
    return distribution is None or file.is_relative_to(Path(str(metadata.distribution(distribution).locate_file(""))))


def methods(node: ast.ClassDef) -> dict[str, FunctionNode]:
    """The functions that a class body defines, by name; of a property the getter."""
    found: dict[str, FunctionNode] = {}
    for statement in node.body:
        if isinstance(statement, FunctionNode):
            found.setdefault(statement.name, statement)
    return found


def setters(node: ast.ClassDef) -> dict[str, FunctionNode]:
    """The setters that a class body defines, by the name of their property."""
    return {
        statement.name: statement
        for statement in node.body
        if isinstance(statement, FunctionNode)
        and any(isinstance(mark, ast.Attribute) and mark.attr == "setter" for mark in statement.decorator_list)
    }


@cache
def attribute_docs(node: ast.ClassDef) -> Mapping[str, str]:
    """The string below each annotated attribute of a class body, with whitespace normalised."""
    docs: dict[str, str] = {}
    for statement, following in pairwise(node.body):
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            text = following.value.value
            if isinstance(text, str):
                docs[statement.target.id] = " ".join(text.split())
    return docs


def parameters(node: FunctionNode) -> list[ast.arg]:
    """Every named parameter, in order."""
    arguments = node.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _file(name: str) -> Path | None:
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        stem = Path(folder, *rest)
        for candidate in (stem / "__init__.py", stem.with_name(stem.name + ".py")):
            if candidate.is_file():
                return candidate
    return None


def _definitions(body: Sequence[ast.stmt]) -> Iterator[tuple[str, Definition]]:
    """Top-level definitions, including those below `if` and `try`; of doubles the last counts, as at run time."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name, statement
            case ast.Assign(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        yield target.id, statement
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name, statement
            case ast.If(body=first, orelse=second):
                yield from _definitions(second)
                yield from _definitions(first)
            case ast.Try(body=first, handlers=handlers, orelse=second):
                for handler in handlers:
                    yield from _definitions(handler.body)
                yield from _definitions(first)
                yield from _definitions(second)
            case _:
                pass


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        origin = node.module or ""
        if node.level:
            parents = package.split(".")
            kept = parents[: len(parents) - (node.level - 1)]
            origin = ".".join([*kept, origin] if origin else kept)
        for alias in node.names:
            yield alias.asname or alias.name, (origin, alias.name)
