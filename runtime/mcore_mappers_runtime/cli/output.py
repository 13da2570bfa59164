"""Tables, JSON, and what is said beside them: the same text in a terminal and in a file, but for bold headings."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from ..json_values import plain
from ..shown import shown

NAME: Final = "mcore-mappers"

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON; docs/command.md lists its keys.")]
"""The option that every command has."""


class CommandError(Exception):
    """Nothing can be answered: a file cannot be read, or what is asked makes no sense. The message is one line."""


@dataclass(frozen=True)
class Table:
    """Rows below a heading."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    title: str = ""


@dataclass(frozen=True)
class Sourced:
    """A row of values, and what decides the one that should be there."""

    values: tuple[str, ...]
    sources: Sequence[str]
    """Fields of Hugging Face's."""
    reason: str
    """What is told where no such field decides it."""


def sourced(columns: tuple[str, ...], rows: Sequence[Sourced], reason: str) -> Table:
    """A table that says of each row which fields of Hugging Face's decide it.

    Args:
        columns: headings of the values.
        rows: the rows.
        reason: heading of a last column, which is there if some row has no such field.
    """
    if all(row.sources for row in rows):
        return Table((*columns, "from"), [(*row.values, ", ".join(row.sources)) for row in rows])
    told = [(*row.values, ", ".join(row.sources), "" if row.sources else row.reason) for row in rows]
    return Table((*columns, "from", reason), told)


def say(text: str = "") -> None:
    """A line of what was asked."""
    typer.echo(text)


def remark(text: str) -> None:
    """Something beside that."""
    typer.echo(text, err=True)


def mistake(text: object) -> None:
    """What keeps a call from being answered."""
    remark(f"{NAME}: {text}")


def as_json(data: object) -> None:
    """What was asked, as JSON."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False))


def jsonable(value: object) -> object:
    """A value of either side; what JSON has none for, as tables show it."""
    try:
        return plain(value)
    except TypeError:
        return shown(value)


def tables(found: Sequence[Table]) -> None:
    """Tables with columns of the same width, an empty line between two of them."""
    widths = _widths([row for table in found for row in (table.columns, *table.rows)])
    for place, table in enumerate(found):
        if place:
            say()
        if table.title:
            say(_heading(table.title))
        say(_heading(_line(table.columns, widths)))
        for row in table.rows:
            say(_line(row, widths))


_WIDEST: Final = 60
"""Characters of a column. What is longer moves the rest of its own line, and not that of all others."""


def _widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    """As wide as the widest entry that is not too wide, but for the last one, after which nothing stands."""
    most = max(map(len, rows), default=0)
    lengths = [[len(row[place]) for row in rows if place < len(row)] for place in range(max(most - 1, 0))]
    return [*(max((length for length in each if length <= _WIDEST), default=0) for each in lengths), 0]


def _line(row: tuple[str, ...], widths: Sequence[int]) -> str:
    return "  ".join(entry.ljust(width) for entry, width in zip(row, widths, strict=False)).rstrip()


def _heading(text: str) -> str:
    if not sys.stdout.isatty():
        return text
    from rich.console import Console

    # It knows what the terminal can do, and NO_COLOR.
    console = Console()
    with console.capture() as captured:
        console.print(text, style="bold", markup=False, highlight=False, soft_wrap=True, end="")
    return captured.get()
