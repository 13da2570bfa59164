"""Python source as upstream ships it: parsed, never run, with its names resolved across modules.

Modules are found as files below the folder of their top package, so that reading the code of a model costs a parse
and not the import of the model. Of a package that is imported lazily, as `transformers` is, the imports count that it
shows to type checkers.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import cast

DISTRIBUTIONS = {"megatron": "megatron-core", "transformers": "transformers"}
"""Top packages of upstream, and the distributions that they come from."""

FOREIGN = frozenset({"torch", "typing_extensions", *sys.stdlib_module_names})
"""Top packages that know nothing of configs. They are not read, and whatever extends their classes loses nothing."""

_ALL = re.compile(r"^__all__ = (\[.*?\]|\(.*?\))$", re.DOTALL | re.MULTILINE)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Definition = FunctionNode | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, eq=False)
class Module:
    """One parsed module: what it defines at its top level, and where its other names come from."""

    name: str
    file: Path
    beside: tuple[Path, ...]
    """The folders that were searched before what is installed."""
    definitions: Mapping[str, Definition]
    imports: Mapping[str, tuple[str, str]]
    """Local name to (module, name there); the latter is empty where the name is the module itself."""
    stars: tuple[str, ...]
    """Modules all of whose names are imported, in order."""


@dataclass(frozen=True, eq=False)
class Found:
    """A definition and the module that holds it."""

    module: Module
    name: str
    node: Definition
    rest: str = ""
    """What follows it in a dotted name: a member of the class, say."""

    @property
    def path(self) -> str:
        """Its import path."""
        return f"{self.module.name}.{self.name}"


@dataclass(frozen=True)
class Elsewhere:
    """Where the trail of a name leaves what is read: another package's name, a module, or nothing at all."""

    path: str

    @property
    def is_foreign(self) -> bool:
        """It is a builtin, or of a package that knows nothing of configs."""
        top, _, name = self.path.partition(".")
        return top in FOREIGN and (top != "builtins" or hasattr(builtins, name))


@cache
def load(name: str, beside: tuple[Path, ...] = ()) -> Module | None:
    """Parse the module of this dotted name; None where no such source file exists.

    Args:
        name: of the module.
        beside: folders with packages that come before the installed ones.
    """
    file = source_file(name, beside)
    if file is None:
        return None
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return Module(
        name=name,
        file=file,
        beside=beside,
        definitions=dict(_definitions(tree.body)),
        imports=_imports(tree, package),
        stars=tuple(origin for origin, alias in _from(tree, package) if alias.name == "*"),
    )


@cache
def trace(module: str, name: str, beside: tuple[Path, ...] = ()) -> Found | Elsewhere:
    """Find what a name, which can be dotted, means in `module`, through re-exports and up to the first definition."""
    seen: set[tuple[str, str]] = set()
    while (module, name) not in seen:
        seen.add((module, name))
        source = load(module, beside) if module.partition(".")[0] not in FOREIGN else None
        if source is None:
            break
        head, _, rest = name.partition(".")
        if head in source.definitions:
            return Found(source, head, source.definitions[head], rest)
        origin = _origin(source, head)
        if origin is None:
            return Elsewhere(f"builtins.{head}" if hasattr(builtins, head) else f"{module}.{name}")
        module, name = origin[0], ".".join(filter(None, (origin[1], rest)))
        if not name:
            return Elsewhere(module)
    return Elsewhere(f"{module}.{name}")


def resolve(module: str, name: str, beside: tuple[Path, ...] = ()) -> Found | None:
    """The definition of what `name` means in `module`; None for builtins, modules and other packages' names."""
    found = trace(module, name, beside)
    return found if isinstance(found, Found) else None


def bases(found: Found) -> Iterator[tuple[str, Found | Elsewhere]]:
    """What a class extends: as it is written, and what that is; an alias is what it stands for."""
    for written in found.node.bases if isinstance(found.node, ast.ClassDef) else ():
        # Of a generic class what it is a class of does not matter.
        base = written.value if isinstance(written, ast.Subscript) else written
        name = dotted(base)
        unreadable = Elsewhere(f"{found.module.name}: {ast.unparse(base)}")
        yield ast.unparse(base), _behind_alias(found.module, name) if name else unreadable


def _behind_alias(module: Module, name: str) -> Found | Elsewhere:
    found = trace(module.name, name, module.beside)
    seen: set[str] = set()
    while isinstance(found, Found) and not isinstance(found.node, ast.ClassDef):
        value = found.node.value if isinstance(found.node, ast.Assign | ast.AnnAssign) else None
        alias = dotted(value) if value is not None else None
        if alias is None or found.path in seen:
            return Elsewhere(found.path)
        seen.add(found.path)
        found = trace(found.module.name, alias, module.beside)
    return Elsewhere(f"{found.path}.{found.rest}") if isinstance(found, Found) and found.rest else found


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` as text; None for any other expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            before = dotted(value)
            return before and f"{before}.{attribute}"
        case _:
            return None


def is_shipped(path: str) -> bool:
    """Whether there is a class of this import path, and in the release at hand.

    `megatron` has no `__init__.py`: beside an older release of it, another installation can lend modules that the older
    one does not have.
    """
    module, _, name = path.rpartition(".")
    file, found = source_file(module, ()), trace(module, name)
    if file is None or (isinstance(found, Elsewhere) and not found.is_foreign):
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


def parameters(node: FunctionNode) -> list[ast.arg]:
    """Every named parameter, in order."""
    arguments = node.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def source_file(name: str, beside: tuple[Path, ...]) -> Path | None:
    """The source of a module; None where there is none.

    Args:
        name: of the module.
        beside: folders with packages that come before the installed ones.
    """
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    installed = (spec.submodule_search_locations or ()) if spec is not None else ()
    for folder in (*(root / top for root in beside), *installed):
        stem = Path(folder, *rest)
        for candidate in (stem / "__init__.py", stem.with_name(stem.name + ".py")):
            if candidate.is_file():
                return candidate
    return None


def _origin(source: Module, name: str) -> tuple[str, str] | None:
    """The module that a name of `source` comes from, and the name there; empty where the name is a module."""
    imported = source.imports.get(name)
    # A package can import a module of its own by the name that this has.
    if imported is not None and imported != (source.name, name):
        return imported
    part = f"{source.name}.{name}"
    if source.file.name == "__init__.py" and source_file(part, source.beside) is not None:
        return part, ""
    starred = _starred(source).get(name)
    return None if starred is None else (starred, name)


@cache
def _starred(source: Module) -> Mapping[str, str]:
    """The names that a module has by `import *`, directly or through others, and where each is; the last one counts."""
    found: dict[str, str] = {}
    pending, seen = list(source.stars), {source.name}
    while pending:
        module = pending.pop()
        file = source_file(module, source.beside) if module not in seen else None
        seen.add(module)
        if file is None:
            continue
        # There are packages of hundreds of models: what says itself which names it has is not parsed for them.
        listed = _listed(file.read_text(encoding="utf-8"))
        if listed is None and (starred := load(module, source.beside)) is not None:
            listed = [name for name in (*starred.definitions, *starred.imports) if not name.startswith("_")]
            pending += starred.stars
        for name in listed or ():
            found.setdefault(name, module)
    return found


def _listed(text: str) -> Sequence[str] | None:
    """The names in the `__all__` of a module; None where it has none that is a plain list."""
    written = _ALL.search(text)
    try:
        names = cast(Sequence[object], ast.literal_eval(written[1])) if written is not None else None
    except (SyntaxError, ValueError):
        return None
    return None if names is None else [str(name) for name in names]


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
            case ast.If(body=first, orelse=otherwise):
                yield from _alternatives(first, (), otherwise)
            case ast.Try(body=first, handlers=handlers, orelse=second):
                yield from _alternatives(first, second, [line for handler in handlers for line in handler.body])
            case _:
                pass


def _alternatives(
    first: Sequence[ast.stmt], second: Sequence[ast.stmt], otherwise: Sequence[ast.stmt]
) -> Iterator[tuple[str, Definition]]:
    """The definitions of both branches, last those of the one that is taken where it can be."""
    imports = [statement for statement in first if isinstance(statement, ast.Import | ast.ImportFrom)]
    taken = (*_definitions(first), *_definitions(second))
    if all(map(_is_at_hand, imports)):
        imported = {alias.asname or alias.name for statement in imports for alias in statement.names}
        yield from (one for one in _definitions(otherwise) if one[0] not in imported)
        yield from taken
    else:
        yield from taken
        yield from _definitions(otherwise)


def _is_at_hand(statement: ast.Import | ast.ImportFrom) -> bool:
    """Whether the packages are there from which something is imported."""
    if isinstance(statement, ast.ImportFrom):
        names = [statement.module or ""] if not statement.level else []
    else:
        names = [alias.name for alias in statement.names]
    return all(map(_is_installed, names))


@cache
def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module.partition(".")[0]) is not None


def _imports(tree: ast.Module, package: str) -> Mapping[str, tuple[str, str]]:
    """What is imported; of a name that is imported twice the first counts that is at hand."""
    found = [(alias.asname or alias.name, (origin, alias.name)) for origin, alias in _from(tree, package)]
    for node in ast.walk(tree):
        for alias in node.names if isinstance(node, ast.Import) else ():
            # Without `as`, `import a.b` binds `a`.
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            found.append((alias.asname or name, (name, "")))
    imports: dict[str, tuple[str, str]] = {}
    for name, origin in sorted(found, key=lambda entry: not _is_installed(entry[1][0])):
        imports.setdefault(name, origin)
    return imports


def _from(tree: ast.Module, package: str) -> Iterator[tuple[str, ast.alias]]:
    """Every `from module import name`, with the absolute name of the module."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        origin = node.module or ""
        if node.level:
            parents = package.split(".")
            kept = parents[: len(parents) - (node.level - 1)]
            origin = ".".join([*kept, origin] if origin else kept)
        for alias in node.names:
            yield origin, alias
