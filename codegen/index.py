"""The index of parts: what each is, of which fields, and who uses it. Whoever adds a family looks here first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from codegen.new_family.fit import held, with_included
from codegen.project import ROOT, Table
from codegen.table import Part

FILE: Final[Path] = ROOT / "codegen" / "parts" / "INDEX.md"

_HEADER: Final = """\
# Parts

Rows that families share, by subject. Written by `make emit` from `codegen/parts`; nobody edits it. "Only GPT" and
"only hybrid" are parts that one target alone can have; a part in brackets is used inside other parts only.
"""


def text(table: Table) -> str:
    """The index, as Markdown."""
    users = _users(table)
    subjects: dict[str, list[Part]] = defaultdict(list)
    for part, place in sorted(table.places.parts.items(), key=lambda item: (item[1].module, item[1].name)):
        subjects[place.subject].append(part)
    return _HEADER + "".join(_section(subject, parts, table, users) for subject, parts in subjects.items())


def _users(table: Table) -> dict[Part, list[str]]:
    """The families of each part, those that have it inside another part included."""
    found: dict[Part, list[str]] = defaultdict(list)
    for family in table.families:
        for part in dict.fromkeys(each for known in family.parts for each in with_included(known)):
            found[part].append(family.name)
    return found


def _section(subject: str, parts: Sequence[Part], table: Table, users: dict[Part, list[str]]) -> str:
    rows = "".join(_line(part, table, users[part]) for part in parts)
    head = "| part | what it says | Hugging Face fields | Megatron fields | families |\n|---|---|---|---|---|\n"
    return f"\n## {subject.capitalize().replace('_', ' ')}\n\n{head}{rows}"


def _line(part: Part, table: Table, users: Sequence[str]) -> str:
    place = table.places.parts[part]
    name = f"[{place.name.upper()}]({'/'.join(place.module.split('.')[2:])}.py)"
    if not any(part in family.parts for family in table.families):
        name = f"({name})"
    said = " ".join(filter(None, (place.doc, *_only(part), *_included(part, table)))).replace("|", "\\|")
    own = Part(rows=part.rows, gpt=part.gpt, hybrid=part.hybrid)
    theirs = dict.fromkeys(name for row in held(own) for name in sorted(row.reads | {row.source or ""}) if name)
    targets = dict.fromkeys(name for row in held(own) for name in row.targets)
    return f"| {name} | {said} | {_names(theirs)} | {_names(targets)} | {', '.join(users) or 'none'} |\n"


def _only(part: Part) -> Iterator[str]:
    if part.hybrid is None:
        yield "Only GPT."
    if part.gpt is None:
        yield "Only hybrid."


def _included(part: Part, table: Table) -> Iterator[str]:
    if part.includes:
        yield f"Includes {', '.join(table.places.parts[each].name.upper() for each in part.includes)}."


def _names(names: dict[str, None]) -> str:
    return ", ".join(f"`{name}`" for name in names)
