"""What a function computes, as a digest: its statements, less what changes without changing what a model computes.

Left out are comments, docstrings, annotations, decorators, names of parameters and locals, what is logged, the words of
errors, the prefix that a model gives its own classes, and everything about a cache: no mapped model is compared with
one. A branch for a cache is taken as without.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final, cast

from codegen.introspect.definitions import Definition, FunctionNode, parameters

_LENGTH: Final = 12

_CACHE: Final = re.compile(r"(?:^|_)(?:caches?|past_key_values?|layer_past|past)(?:_|$)")
"""A name that is about a cache, under whichever of the names that transformers and Megatron have given it."""

_SAYS: Final = frozenset({"logger", "logging", "warnings", "log_single_rank", "warn_once"})
"""Whose calls say something and compute nothing."""


def digest(node: Definition, prefix: str = "") -> str:
    """The digest of a function, or of a class with all of its methods.

    Args:
        node: as parsed.
        prefix: with which the names of the model's classes begin: what models that differ in it alone have is the same.
    """
    bare = _Bare(prefix).visit(copy.deepcopy(node))
    for function in [inner for inner in ast.walk(bare) if isinstance(inner, FunctionNode)]:
        _Renamed.of(function)
    return hashlib.sha256(ast.dump(bare).encode()).hexdigest()[:_LENGTH]


def _is_cache(name: str) -> bool:
    return _CACHE.search(name) is not None


def _about_cache(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _is_cache(name)
        case _:
            return False


class _Bare(ast.NodeTransformer):
    """Takes out what computes nothing, and what is there for a cache."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    # --- Definitions

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: FunctionNode) -> ast.AST:
        node.decorator_list, node.returns, node.type_params = [], None, []
        _drop_cache_parameters(node.args)
        self.generic_visit(node)
        node.name = self._own(node.name)
        node.body = _statements(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.decorator_list = []
        self.generic_visit(node)
        node.name = self._own(node.name)
        node.body = _statements(node.body)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    # --- Statements

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.visit_Assign(ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno))

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if all(map(_about_cache, node.targets)):
            return None
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        match node.value:
            case ast.Constant():
                return None
            case ast.Call(func=ast.Name(id=name)) if name in _SAYS:
                return None
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in _SAYS or _is_cache(name):
                return None
            case _:
                return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        node.exc = node.cause = None
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return ast.Assert(test=self.visit(node.test), msg=None)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        test = _known(node.test)
        if test is None:
            self.generic_visit(node)
            node.body, node.orelse = _statements(node.body), _only(node.orelse)
            # What a branch was for has gone: with nothing left in either, nothing depends on it.
            return node if node.orelse or not _is_empty(node.body) else []
        kept = node.body if test else node.orelse
        return [statement for part in kept for statement in _listed(self.visit(part))]

    # --- Expressions

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        test = _known(node.test)
        if test is None:
            return self.generic_visit(node)
        return cast("ast.AST", self.visit(node.body if test else node.orelse))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`a and True` is `a`; what is decided as a whole, a branch has asked before."""
        neutral = isinstance(node.op, ast.And)
        values = [value for value in node.values if _known(value) is not neutral]
        if not values:
            return ast.Constant(neutral)
        if len(values) == 1:
            return cast("ast.AST", self.visit(values[0]))
        return ast.BoolOp(node.op, [self.visit(value) for value in values])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.args = [argument for argument in node.args if not _about_cache(argument)]
        node.keywords = [
            keyword
            for keyword in node.keywords
            if not (keyword.arg and _is_cache(keyword.arg)) and not _about_cache(keyword.value)
        ]
        # The order of keywords is no one's business.
        self.generic_visit(node)
        node.keywords.sort(key=lambda keyword: keyword.arg or "")
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        kept = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if not _about_cache(value)]
        node.keys, node.values = [key for key, _ in kept], [value for _, value in kept]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = "cache" if _is_cache(node.id) else self._own(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = "cache" if _is_cache(node.attr) else node.attr
        return node

    def _own(self, name: str) -> str:
        return name.removeprefix(self._prefix) if self._prefix else name


def _known(test: ast.expr) -> bool | None:
    """What a condition is without a cache; None where that does not decide it."""
    match test:
        case ast.Constant(value=bool(value)):
            return value
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]) if _about_cache(left):
            return True
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]) if _about_cache(left):
            return False
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, *_]) if _about_cache(subject):
            return False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _known(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=ast.And(), values=values):
            return _together([_known(value) for value in values], decides=False)
        case ast.BoolOp(op=ast.Or(), values=values):
            return _together([_known(value) for value in values], decides=True)
        case _:
            return False if _about_cache(test) else None


def _together(values: Sequence[bool | None], *, decides: bool) -> bool | None:
    if decides in values:
        return decides
    return None if None in values else not decides


def _drop_cache_parameters(arguments: ast.arguments) -> None:
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults = dict(zip((one.arg for one in positional), [*missing, *arguments.defaults], strict=True))
    arguments.posonlyargs = []
    arguments.args = [one for one in positional if not _is_cache(one.arg)]
    arguments.defaults = [default for one in arguments.args if (default := defaults[one.arg]) is not None]
    kept = [
        (one, default)
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if not _is_cache(one.arg)
    ]
    arguments.kwonlyargs, arguments.kw_defaults = [one for one, _ in kept], [default for _, default in kept]


def _statements(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """What is left of a body, which cannot be empty."""
    return _only(body) or [ast.Pass()]


def _only(body: Iterable[ast.stmt]) -> list[ast.stmt]:
    return [statement for statement in body if not isinstance(statement, ast.Pass)]


def _is_empty(body: Sequence[ast.stmt]) -> bool:
    return all(isinstance(statement, ast.Pass) for statement in body)


def _listed(found: object) -> list[ast.stmt]:
    if found is None:
        return []
    return cast("list[ast.stmt]", found if isinstance(found, list) else [found])


class _Renamed(ast.NodeTransformer):
    """Numbers parameters and locals in the order in which they appear."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name: f"v{number}" for number, name in enumerate(dict.fromkeys(names))}

    @classmethod
    def of(cls, function: FunctionNode) -> None:
        """Rename, in place, what a function calls its own."""
        arguments = function.args
        given = [*parameters(function), *filter(None, (arguments.vararg, arguments.kwarg))]
        stored = (
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        cls([*(one.arg for one in given), *stored]).generic_visit(function)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg)
        return node
