"""What upstream says of the fields of its config classes: read where it is installed, and kept nowhere."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import get_original_bases

# "name (`type`, *optional*): text"; the text goes on in deeper indented lines.
_ENTRY = re.compile(r"^\s*(?:-\s\*\*)?(?P<name>\w+)(?:\*\*)?\s?\(.*?\)(?::|\s--)(?P<text>.*)$")


def documented(cls: type, name: str) -> str:
    """What a class says of a field of its, or one that it extends; empty where none says anything."""
    said = _texts(cls).get(name, "")
    bases = (base for base in get_original_bases(cls) if isinstance(base, type))
    return said or next(filter(None, (documented(base, name) for base in bases)), "")


@cache
def _texts(cls: type) -> Mapping[str, str]:
    """By field, what the class itself says: below the field, or in the docstring."""
    return {**dict(_entries(cls.__doc__ or "")), **dict(_below(cls))}


def _below(cls: type) -> Iterator[tuple[str, str]]:
    """The strings that stand below attributes."""
    try:
        node = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    except (OSError, TypeError, SyntaxError):  # there is no source
        return
    for statement, following in pairwise((*(node.body if isinstance(node, ast.ClassDef) else ()), None)):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, " ".join(words.split())
            case _:
                pass


def _entries(docstring: str) -> Iterator[tuple[str, str]]:
    """The entries of a docstring that are about one name each."""
    entries: dict[str, list[str]] = {}
    current: list[str] | None = None
    indent = 0
    for line in docstring.splitlines():
        match = _ENTRY.match(line)
        depth = len(line) - len(line.lstrip())
        if match is not None and (current is None or depth <= indent):
            current = entries.setdefault(match["name"], [match["text"]])
            indent = depth
        elif line.strip() and depth <= indent:
            current = None
        elif current is not None:
            current.append(line)
    return ((name, " ".join(" ".join(lines).split())) for name, lines in entries.items())
