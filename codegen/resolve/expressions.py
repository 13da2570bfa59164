"""Rows as Python source: what generated code says for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import libcst as cst

from codegen.functions import RuleFunction, read_function
from codegen.schemas import HfClass
from codegen.table import Bundle, Choice, Computed, Constant, Function, Local, Rename, Row, Scalar, Symbol, Wrap
from codegen.types import atoms


def is_declared(source: str, hf: HfClass) -> bool:
    """Whether the class declares the name, as a field or as a property."""
    fields = (field.name for field in hf.fields if field.declared)
    return source in (*fields, *(known.name for known in hf.properties))


def read(source: str, hf: HfClass) -> str:
    """How generated code reads a field: as an attribute where the class declares it, else through the one reader.

    A type checker rejects the read of an attribute that begins with an underscore, declared or not.
    """
    if is_declared(source, hf) and not source.startswith("_"):
        return f"hf.{source}"
    return f"check.undeclared({source!r})"


def is_given(row: Rename, hf: HfClass) -> bool:
    """Whether the field can be None and must not be, so that a local holds it once it is checked."""
    optional = any(field.name == row.source and "None" in atoms(field.type) for field in hf.fields)
    return bool(row.required) and optional


def literal(value: Scalar | Symbol) -> str:
    """A constant as source; a symbol by its bare name, which the module imports."""
    return value.path.rpartition(".")[2] if isinstance(value, Symbol) else repr(value)


def call(function: Function) -> str:
    """The value of a rule function: its expression where it is one, else a call of the function carried over."""
    rule = read_function(function)
    return rule.expression if rule.expression is not None else f"{lifted_name(rule)}({', '.join(rule.parameter_names)})"


# What a comparison turns into when it is negated, where that holds of every value, NaN included.
_OPPOSITES: Mapping[type[cst.BaseCompOp], cst.BaseCompOp] = {
    cst.Equal: cst.NotEqual(),
    cst.NotEqual: cst.Equal(),
    cst.Is: cst.IsNot(),
    cst.IsNot: cst.Is(),
    cst.In: cst.NotIn(),
    cst.NotIn: cst.In(),
}


@cache
def negated(condition: str) -> str:
    """The opposite of a condition, as somebody would write it."""
    return _code(_negated(cst.parse_expression(condition)))


def _negated(condition: cst.BaseExpression) -> cst.BaseExpression:
    match condition:
        case cst.UnaryOperation(operator=cst.Not(), expression=inside):
            return inside
        case cst.Comparison(comparisons=[only]) if opposite := _OPPOSITES.get(type(only.operator)):
            return condition.with_changes(comparisons=[only.with_changes(operator=opposite)])
        case cst.BooleanOperation(left, operator, right):
            other = cst.And() if isinstance(operator, cst.Or) else cst.Or()
            sides = (_inside(_negated(side), other) for side in (left, right))
            return cst.BooleanOperation(next(sides), other, next(sides))
        case cst.IfExp() if not condition.lpar:
            return cst.UnaryOperation(cst.Not(), _parenthesised(condition))
        case _:
            return cst.UnaryOperation(cst.Not(), condition)


def _inside(side: cst.BaseExpression, operator: cst.BaseBooleanOp) -> cst.BaseExpression:
    """One side of a boolean operation, parenthesised where it is a different one."""
    other = isinstance(side, cst.BooleanOperation) and type(side.operator) is not type(operator)
    return _parenthesised(side) if (other or isinstance(side, cst.IfExp)) and not side.lpar else side


def _parenthesised(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


_code = cst.Module([]).code_for_node


def lifted_name(rule: RuleFunction) -> str:
    """Name of a rule function in a generated module."""
    return f"_{rule.name}"


def expression(row: Row, target: str, hf: HfClass) -> str:
    """What generated code passes for a Megatron field that the row decides."""
    match row:
        case Rename(source):
            return source if is_given(row, hf) else read(source, hf)
        case Constant(_, value):
            return literal(value)
        case Choice():
            return row.target
        case Computed() | Bundle() | Wrap():
            return call(row.function)
        case Local():
            return f"{row.name}.{target}"
        case _:
            raise AssertionError(f"{row} decides no Megatron field")
