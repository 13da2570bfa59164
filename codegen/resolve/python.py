"""Pieces of Python source: which names they use, and what stands for a name in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache

import libcst as cst

from codegen.functions import RuleFunction


@cache
def names_in(source: str) -> frozenset[str]:
    """The names that an expression reads."""
    tree = ast.parse(source, mode="eval")
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def substituted(expression: str, sources: Mapping[str, str | None]) -> str:
    """A call in which each keyword argument that is a name of `sources` is the source instead; None leaves it out.

    A whole argument takes every expression as it is, so that nothing needs parentheses.
    """

    def argument(match: re.Match[str]) -> str:
        source = sources.get(match[2], match[2])
        return "" if source is None else f"{match[1]}={source},"

    return _KEYWORD.sub(argument, expression)


_KEYWORD = re.compile(r"\b(\w+)=(\w+),")


def carried_over(rule: RuleFunction, name: str, annotations: Mapping[str, str]) -> str:
    """The definition of a rule function under another name, with the annotations that hold in another module."""
    parameters = ", ".join(
        f"{parameter.name}: {annotations.get(parameter.name, parameter.annotation)}" for parameter in rule.parameters
    )
    return _under_header(rule.source, f"def {name}({parameters}) -> {rule.returns}: ...")


@cache
def _under_header(definition: str, header: str) -> str:
    """The body of one definition under the header of another. Families share most rules, so that most are known."""
    (there,) = cst.parse_module(definition).body
    (here,) = cst.parse_module(header).body
    assert isinstance(there, cst.FunctionDef)
    return cst.Module([here.with_changes(body=there.body)]).code
