"""Pieces of source text."""

from __future__ import annotations

import json
import re
import textwrap


def comment(text: str, width: int = 100, first: str = "") -> str:
    """`text` as comment lines, each with its line break; nothing for an empty text."""
    if not text:
        return ""
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=" " * len(first))
    return "".join(f"# {line}\n" for line in lines)


def docstring(text: str, indent: int, width: int = 120) -> str:
    """`text` as a docstring below a field, with its line break."""
    quoted = f'"""{documentation(text)}"""'
    lines = textwrap.wrap(quoted, width - indent, break_long_words=False, break_on_hyphens=False)
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def documentation(text: str) -> str:
    """What stands between three quotes for a text, whatever it has of them and of backslashes."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{escaped[:-1]}\\"' if escaped.endswith('"') else escaped


def literal_text(text: str) -> str:
    """A string literal in the style of black."""
    return json.dumps(text, ensure_ascii=False)


def quoted(text: str, width: int = 100) -> str:
    """A string as source, in pieces where it is too long for a line: black does not split strings."""
    pieces = re.findall(rf".{{1,{width}}}(?:\s+|$)", text)
    # Black would put pieces that fit on one line there. A word that is longer than a line is in no piece.
    if len(text) <= width + 6 or "".join(pieces) != text:
        return literal_text(text)
    return "\n".join(map(literal_text, pieces))


def names_of(names: list[str]) -> str:
    """String literals as the entries of a tuple or set."""
    return "".join(f"{literal_text(name)}, " for name in names)
