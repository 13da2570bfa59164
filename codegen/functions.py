"""Reads rule functions: their source is carried into generated modules, and never run."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TypeGuard

from codegen.literals import Function

RUNTIME = "mcore_mappers_runtime."
"""Rule functions may use names of the modules under this package."""

GENERATED = "mcore_mappers"
"""And those of what is generated beside the modules that they are carried into."""


@dataclass(frozen=True)
class Import:
    """A name that a generated module imports. `module` is relative for what is generated beside it (`._tables`)."""

    module: str
    name: str


def imported(path: str) -> Import:
    """The import of what an import path names."""
    module, _, name = path.rpartition(".")
    return Import(module, name)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a rule function; `annotation` is source text, empty where there is none."""

    name: str
    annotation: str


@dataclass(frozen=True, eq=False)
class RuleFunction:
    """What the generator knows of a rule function."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    expression: str | None
    """Source of the returned expression, where the body is a single `return`."""
    source: str
    """Source of the whole definition."""
    reads: Mapping[str, frozenset[str]]
    """Attributes read, by the name of the parameter that they are read from."""
    undeclared: frozenset[str]
    """Attributes that it reads through `check.undeclared...`."""
    imports: tuple[Import, ...]
    annotated: tuple[Import, ...]
    """What its annotations name."""
    expects: Mapping[str, str]
    """The attributes of `hf` with their types, as the protocol has them with which the rule annotates it."""
    problems: tuple[str, ...]
    """Why it cannot be carried over; empty where it can."""

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(parameter.name for parameter in self.parameters)


@cache
def read_function(function: Function) -> RuleFunction:
    """Parse the definition of `function` in the file that holds it."""
    if function.__name__ == "<lambda>":
        return _unreadable(function, "a lambda has no definition of its own; write a function")
    module = _parse(function.__module__)
    definition = module.definitions.get(function.__qualname__)
    if definition is None:
        problem = f"{function.__qualname__} is not defined at the top level of {function.__module__}"
        return _unreadable(function, problem)
    return _read(module, definition)


@dataclass(frozen=True)
class _Module:
    text: str
    tree: ast.Module
    definitions: Mapping[str, ast.FunctionDef]
    classes: Mapping[str, ast.ClassDef]
    imports: Mapping[str, Import]


@cache
def _parse(name: str) -> _Module:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    text = Path(spec.origin).read_text(encoding="utf-8")
    tree = ast.parse(text)
    definitions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    imports: dict[str, Import] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                imports[alias.asname or alias.name] = Import(node.module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                imports[alias.asname or alias.name] = Import("", alias.name)
    return _Module(text, tree, definitions, classes, imports)


@cache
def docs(module: str) -> Mapping[str, str]:
    """The constants that a module of the table defines, each with the string below it; empty where there is none."""
    found: dict[str, str] = {}
    body = _parse(module).tree.body
    for node, after in zip(body, [*body[1:], None], strict=True):
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0] if isinstance(node, ast.Assign) else None
        )
        if isinstance(target, ast.Name):
            text = after.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
            found[target.id] = str(text.value).strip() if text is not None else ""
    return found


def _unreadable(function: Function, problem: str) -> RuleFunction:
    return RuleFunction(function.__name__, (), "", None, "", {}, frozenset(), (), (), {}, (problem,))


def _read(module: _Module, definition: ast.FunctionDef) -> RuleFunction:
    lines = module.text.splitlines(keepends=True)
    # Comments behind the last statement are the function's too: they are indented.
    comments = takewhile(lambda line: line[0].isspace(), lines[definition.end_lineno :])
    source = "".join((*lines[definition.lineno - 1 : definition.end_lineno], *comments)).rstrip() + "\n"
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    parameters = tuple(
        Parameter(argument.arg, ast.unparse(argument.annotation) if argument.annotation else "")
        for argument in tree.args.args
    )
    names = frozenset(parameter.name for parameter in parameters)
    expression = _single_expression(source, tree)
    imports, problems = _resolve(module, _free_names(tree, names, with_annotations=expression is None))
    problems += _shape_problems(definition, tree)
    return RuleFunction(
        name=tree.name,
        parameters=parameters,
        returns=ast.unparse(tree.returns) if tree.returns else "",
        expression=expression,
        source=source,
        reads={name: _attributes(tree, name) for name in names},
        undeclared=_undeclared(tree),
        imports=imports,
        annotated=_named(module, tree),
        expects=_protocol(module, next((each.annotation for each in parameters if each.name == "hf"), "")),
        problems=problems,
    )


def _named(module: _Module, tree: ast.FunctionDef) -> tuple[Import, ...]:
    annotations = [each.annotation for each in tree.args.args if each.arg not in FIXED_PARAMETERS]
    parts = [each for each in (tree.returns, *annotations) if each is not None]
    names = sorted({node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)})
    found = (module.imports.get(name) for name in names)
    return tuple(_relative(known) for known in found if known is not None)


def _relative(known: Import) -> Import:
    if known.module.startswith(f"{GENERATED}._"):
        return Import(known.module.removeprefix(GENERATED), known.name)
    return known


def _protocol(module: _Module, name: str) -> dict[str, str]:
    """The annotated attributes of a class of the table, its bases' included; none of a class of upstream."""
    if name not in module.classes:
        known = module.imports.get(name)
        if known is None or not known.module.startswith("codegen."):
            return {}
        return _protocol(_parse(known.module), known.name)
    found: dict[str, str] = {}
    node = module.classes[name]
    for base in node.bases:
        found |= _protocol(module, ast.unparse(base))
    found |= {
        each.target.id: ast.unparse(each.annotation)
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    return found


def _shape_problems(definition: ast.FunctionDef, tree: ast.FunctionDef) -> tuple[str, ...]:
    problems: list[str] = []
    if definition.decorator_list:
        problems.append("a decorator would be lost")
    arguments = tree.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs or arguments.defaults:
        problems.append("parameters must be plain names without defaults")
    if tree.returns is None:
        problems.append("the return annotation is missing")
    unwanted = (ast.Lambda, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)
    if any(isinstance(node, unwanted) for node in ast.walk(tree)):
        problems.append("lambdas, globals, generators and walrus expressions are not carried over")
    return (*problems, *_hidden_reads(tree))


def _hidden_reads(tree: ast.FunctionDef) -> Iterator[str]:
    """Reads that nobody could hold against the snapshot."""
    uses = sum(_is_name(node, "hf") for node in ast.walk(tree) if isinstance(node, ast.expr))
    if uses > sum(True for _ in _reads(tree, "hf")):
        yield "'hf' may be read by attribute or by a typed reader only, so that every read can be checked"
    if any(_undeclared_name(node) is None for node in _undeclared_calls(tree)):
        yield "check.undeclared takes the name as a plain string, so that it can be checked"


FIXED_PARAMETERS = frozenset({"hf", "check", "caller", "settings", "transformer", "model", "layers"})
"""Parameters that every module has; the generator knows their types there."""


def _free_names(tree: ast.FunctionDef, parameters: frozenset[str], *, with_annotations: bool) -> frozenset[str]:
    """Names that the body uses, and the annotations that are carried over with it."""
    bound = set(parameters)
    loaded: set[str] = set()
    annotations: list[ast.AST] = [tree.returns] if tree.returns else []
    for argument in tree.args.args:
        if argument.annotation and argument.arg not in FIXED_PARAMETERS:
            annotations.append(argument.annotation)
    parts: list[ast.AST] = [*tree.body, *(annotations if with_annotations else [])]
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Name):
                (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
    return frozenset(loaded - bound)


def _resolve(module: _Module, names: frozenset[str]) -> tuple[tuple[Import, ...], tuple[str, ...]]:
    imports: list[Import] = []
    problems: list[str] = []
    for name in sorted(names):
        known = module.imports.get(name)
        if known is not None and known.module.startswith((RUNTIME, f"{GENERATED}._")):
            imports.append(_relative(known))
        elif known is not None and known in (Import("", "math"), Import("typing", "Literal")):
            imports.append(known)
        elif known is not None or not hasattr(builtins, name):
            problems.append(f"{name!r} is neither a parameter, a builtin, math, nor imported from {RUNTIME}*")
    return tuple(imports), tuple(problems)


def _attributes(tree: ast.FunctionDef, parameter: str) -> frozenset[str]:
    """What is read from a parameter: as an attribute, or by a typed reader.

    A typed reader is a runtime function that is named `FIELD_of` and takes the config alone. There is one where
    upstream's annotation of a field is partly unknown, so that only one line has to say so.
    """
    return frozenset(_reads(tree, parameter))


def _reads(tree: ast.FunctionDef, parameter: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_name(node.value, parameter):
            yield node.attr
        elif _is_reader(node) and [_is_name(argument, parameter) for argument in node.args] == [True]:
            yield ast.unparse(node.func).removesuffix("_of")


def _is_reader(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("_of")


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _undeclared(tree: ast.FunctionDef) -> frozenset[str]:
    return frozenset(name for name in map(_undeclared_name, _undeclared_calls(tree)) if name is not None)


def _undeclared_calls(tree: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name.startswith("undeclared"):
                yield node
            case _:
                pass


def _undeclared_name(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _single_expression(source: str, tree: ast.FunctionDef) -> str | None:
    """What a function returns, as it is written, where it does nothing else."""
    statements = tree.body if ast.get_docstring(tree) is None else tree.body[1:]
    match statements:
        case [ast.Return(value=ast.expr() as value) as statement]:
            # The statement ends behind the parentheses around its value, which are none of the value's.
            text = textwrap.dedent(ast.get_source_segment(source, statement, padded=True) or "")
            text = text.removeprefix("return").lstrip()
        case _:
            return None
    # A tuple needs no parentheses after `return`, and means something else without them among arguments.
    bare = isinstance(value, ast.Tuple) and isinstance(ast.parse(f"{text}[0]", mode="eval").body, ast.Tuple)
    return f"({text})" if bare else text
