"""Canonical type strings of a snapshot, compared as sets of alternatives."""

from __future__ import annotations

import ast
from functools import cache

from codegen.literals import Scalar

Atom = str
"""One alternative of a union: a type's source, or a literal's source (`'rope'`, `2`)."""


@cache
def atoms(annotation: str) -> frozenset[Atom]:
    """The alternatives of a canonical type; a `Literal` contributes each of its values."""
    return frozenset(_atoms(ast.parse(annotation, mode="eval").body))


def _atoms(node: ast.expr) -> list[Atom]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _atoms(node.left) + _atoms(node.right)
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return [ast.unparse(value) for value in values]
    return [ast.unparse(node)]


def literals(annotation: str) -> frozenset[str]:
    """The string values of a closed set of literals; empty where the type is open."""
    found = frozenset(atom for atom in atoms(annotation) if atom.startswith(("'", '"')))
    return frozenset(str(ast.literal_eval(atom)) for atom in found) if "str" not in atoms(annotation) else frozenset()


def is_number(annotation: str) -> bool:
    """Whether a value of the type can be an integer or a float (a bool alone is none)."""
    return bool(atoms(annotation) & {"int", "float"})


def without_none(annotation: str) -> frozenset[Atom]:
    """The alternatives but None."""
    return atoms(annotation) - {"None"}


def missing(source: frozenset[Atom], target: str) -> frozenset[Atom]:
    """The alternatives of a source that a target does not take. An integer is taken as a float; nothing else is."""
    accepted = atoms(target)
    if "Any" in accepted:
        return frozenset()
    return frozenset(atom for atom in source if not _accepts(accepted, atom))


def _accepts(accepted: frozenset[Atom], atom: Atom) -> bool:
    if atom in accepted or (atom == "int" and "float" in accepted):
        return True
    return atom.startswith("'") and "str" in accepted


def atom_of(value: Scalar) -> frozenset[Atom]:
    """The alternatives that a constant satisfies: its type, or itself as a literal."""
    if value is None:
        return frozenset({"None"})
    return frozenset({type(value).__name__, repr(value)})


def takes_constant(target: str, value: Scalar) -> bool:
    """Whether a field of this type takes the constant."""
    accepted = atoms(target)
    return bool(accepted & atom_of(value)) or (type(value) is int and "float" in accepted) or ("Any" in accepted)


def takes_object(target: str) -> bool:
    """Whether a field of this type takes an object that a symbol names: a function, a dtype, an enum member."""
    return any("." in atom or atom.startswith("Callable") for atom in atoms(target))


_HELD = {name: name for name in ("bool", "int", "float", "str", "list", "tuple", "dict")} | {"None": "NoneType"}


def held(annotation: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The built-in types of the values that a field of this type holds, and for lists, those of their entries.

    Both are sorted, and empty where values of other types are among them.
    """
    types: set[str] = set()
    inside: set[str] = set()
    anything = False
    for node in map(_expression, atoms(annotation)):
        name, arguments = _applied(node)
        if name not in _HELD:
            return (), ()
        types.add(_HELD[name])
        if name in ("list", "tuple"):
            each = [held(ast.unparse(argument))[0] for argument in arguments if not _is_ellipsis(argument)]
            anything = anything or not each or not all(each)
            inside.update(*each)
    return tuple(sorted(types)), () if anything else tuple(sorted(inside))


def _expression(atom: Atom) -> ast.expr:
    return ast.parse(atom, mode="eval").body


def _applied(node: ast.expr) -> tuple[str, list[ast.expr]]:
    """The name of a type, and what it is applied to; that of a literal's type."""
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value), node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if isinstance(node, ast.Constant):
        return "None" if node.value is None else type(node.value).__name__, []
    return ast.unparse(node), []


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
