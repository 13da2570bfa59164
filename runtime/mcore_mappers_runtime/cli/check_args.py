"""`mcore-mappers check-args`: where a script of Megatron-LM's is another model than a checkpoint."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from ..check_arguments import ArgumentDifference, ArgumentsCheck, NotCompared, check_arguments
from ..errors import UnsupportedConfigError
from ..explained import Explanation, explanation
from ..shown import shown
from .inputs import Body, mappers_of, read, refuse, short, unreadable
from .output import AsJson, CommandError, Sourced, as_json, jsonable, remark, sourced, tables
from .quiet import quietly, show

_STDIN: Final = Path("-")

_MOST: Final = 2**18
"""Bytes of a script; what is longer was written by nobody."""


def check_args(
    path: Annotated[Path, typer.Argument(help="config.json, or its folder.")],
    script: Annotated[
        Path, typer.Argument(help="A bash script, flags, or arguments in JSON or YAML; - is the standard input.")
    ],
    body: Body = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what training chooses.")] = False,
    json: AsJson = False,
) -> None:
    """Which flags of a script make another model than the checkpoint; the script is read, and not run."""
    text = _text(script)
    warned: list[Warning] = []
    try:
        with quietly(warned):
            hf = read(path, body=body)
            mappers = mappers_of(hf)
            found = check_arguments(hf, text, only=None if everything else "architecture")
    except UnsupportedConfigError as error:
        refuse(path, error, json=json)
        raise typer.Exit(1) from error
    except ValueError as error:
        raise CommandError(f"{_named(script)}: {' '.join(str(error).split())}") from error
    finally:
        show(warned, of_needs=False)
    if json:
        as_json(_data(found))
    else:
        if not found.same:
            rows = [*_rows(found, explanation(mappers.family.name, mappers.target(hybrid=False), {}))]
            tables([sourced(("flag", _named(script), short(path)), rows, "why")])
        for line in _aside(found):
            remark(line)
    if not found.same:
        raise typer.Exit(1)


def _named(script: Path) -> str:
    return "standard input" if script == _STDIN else short(script)


def _text(script: Path) -> str:
    """What a script holds.

    Raises:
        CommandError: it cannot be read, or is no text.
    """
    try:
        if script == _STDIN:
            data = sys.stdin.buffer.read(_MOST + 1)
        else:
            if script.is_dir():
                raise CommandError(
                    f"{script} is a folder, and no script: the checkpoint comes first, the script second"
                )
            with script.open("rb") as file:
                data = file.read(_MOST + 1)
    except OSError as error:
        raise CommandError(unreadable(script, error)) from error
    if len(data) > _MOST:
        raise CommandError(f"{_named(script)}: is longer than any script, {_MOST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{_named(script)}: is no text") from error
    if "\0" in text:
        raise CommandError(f"{_named(script)}: is no text")
    return text.replace("\r\n", "\n")


# --- Differences ------------------------------------------------------------------------------------------------------


@dataclass
class _Row:
    """A flag: what stands there, what the checkpoint has, and what decides that."""

    there: str
    has: str
    sources: dict[str, None] = field(default_factory=dict[str, None])
    """Hugging Face fields, in order."""
    reason: str = ""
    """Why it is so in every model of the family, where no field decides it."""


def _rows(found: ArgumentsCheck, known: Explanation) -> Iterator[Sourced]:
    """A line for each flag; one can stand for several of Megatron's fields."""
    rows: dict[str, _Row] = {}
    for each in found.differences:
        difference = each.difference
        verdict = known.megatron(difference.field, difference.expected)
        for flag, there, has in _flags(each):
            row = rows.setdefault(flag, _Row(there, has))
            row.sources |= dict.fromkeys(difference.hf_fields)
            row.reason = row.reason or (verdict.reason if verdict is not None else difference.reason)
    for flag, row in rows.items():
        yield Sourced((flag, row.there, row.has), [*row.sources], row.reason)


def _flags(each: ArgumentDifference) -> Iterator[tuple[str, str, str]]:
    difference = each.difference
    value, expected = _text_of(difference.value), _text_of(difference.expected)
    if not each.flag:
        yield (f"({difference.field})", value, expected)
        return
    written, wanted = _by_flag(each.written), _by_flag(each.wanted)
    for flag in dict.fromkeys((*written, *wanted)) or (each.flag,):
        # Whether a switch is there says all; without another flag its default holds.
        is_switch = not (written.get(flag) or wanted.get(flag))
        defaults = ("None", "None") if is_switch or flag != each.flag else (value, expected)
        there, has = map(_told, (written.get(flag), wanted.get(flag)), defaults)
        yield (flag, there, has)


def _told(values: Sequence[str] | None, default: str) -> str:
    if values is None:
        return "absent" if default == "None" else f"absent: {default}"
    return " ".join(values) or "given"


def _text_of(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def _by_flag(words: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for word in words:
        if word.startswith("--"):
            values = found.setdefault(word, [])
        else:
            values.append(word)
    return found


# --- Beside them ------------------------------------------------------------------------------------------------------


def _aside(found: ArgumentsCheck) -> Iterator[str]:
    """What is left out of account: by reason, and what nobody could read, each for itself."""
    by_reason: dict[str, list[str]] = {}
    for each in found.not_compared:
        by_reason.setdefault(each.reason, []).append(each.name)
    for reason, names in by_reason.items():
        yield f"not compared: {', '.join(dict.fromkeys(names))}: {reason}"
    for each in found.unresolved:
        yield f"not resolved: {each}"


def _data(found: ArgumentsCheck) -> Mapping[str, object]:
    return {
        "equal": found.same,
        "differences": [
            {
                "flag": each.flag,
                "written": list(each.written),
                "wanted": list(each.wanted),
                "field": each.difference.field,
                "value": jsonable(each.difference.value),
                "expected": jsonable(each.difference.expected),
                "owner": each.difference.owner,
                "from": list(each.difference.hf_fields),
                "reason": each.difference.reason,
            }
            for each in found.differences
        ],
        "not_compared": [_left_out(each) for each in found.not_compared],
        "unresolved": [_left_out(each) for each in found.unresolved],
    }


def _left_out(each: NotCompared) -> Mapping[str, str]:
    return {"name": each.name, "value": each.value, "reason": each.reason}
