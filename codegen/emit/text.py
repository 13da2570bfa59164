"""Pieces of source text."""

from __future__ import annotations

import json
import textwrap


def comment(text: str, width: int = 100, first: str = "") -> str:
    """`text` as comment lines, each with its line break; nothing for an empty text."""
    if not text:
        return ""
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=" " * len(first))
    return "".join(f"# {line}\n" for line in lines)


def literal_text(text: str) -> str:
    """A string literal in the style of black."""
    return json.dumps(text, ensure_ascii=False)
