"""Pieces of Python source: which names they use, and what stands for a name in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache

from codegen.functions import RuleFunction


@cache
def names_in(source: str) -> frozenset[str]:
    """The names that an expression reads."""
    tree = ast.parse(source, mode="eval")
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def substituted(expression: str, sources: Mapping[str, str | None]) -> str:
    """A call in which each keyword argument that is a name of `sources` is the source instead; None leaves it out.

    They stand behind another argument. A whole one takes every expression as it is, so that nothing needs parentheses.
    """

    def argument(match: re.Match[str]) -> str:
        source = sources.get(match[3], match[3])
        return "" if source is None else f"{match[1]}{match[2]}={source}"

    return _KEYWORD.sub(argument, expression)


_KEYWORD = re.compile(r"(,\s*)(\w+)=(\w+)(?=\s*[,)])")


def carried_over(rule: RuleFunction, name: str, annotations: Mapping[str, str]) -> str:
    """The definition of a rule function under another name, with the annotations that hold in another module."""
    parameters = ", ".join(
        f"{parameter.name}: {annotations.get(parameter.name, parameter.annotation)}" for parameter in rule.parameters
    )
    return f"def {name}({parameters}) -> {rule.returns}{_behind_header(rule.source)}"


@cache
def _behind_header(definition: str) -> str:
    """A definition from the colon on. Families share most rules, so that most are known."""
    (node,) = ast.parse(definition).body
    assert isinstance(node, ast.FunctionDef)
    assert node.returns is not None
    assert node.returns.end_lineno is not None
    # Columns are counted in bytes.
    last, *rest = definition.encode().splitlines(keepends=True)[node.returns.end_lineno - 1 :]
    return b"".join((last[node.returns.end_col_offset :], *rest)).decode()
