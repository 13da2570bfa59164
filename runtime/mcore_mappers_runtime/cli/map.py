"""`mcore-mappers map`: the Megatron config of a checkpoint, as a table or to be used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .. import documents
from ..atomic import write_text
from ..disk import dump
from ..equal import flat
from ..errors import UnsupportedArgumentError, UnsupportedConfigError
from ..explained import Explanation, explanation
from ..layered import stock_class
from ..settings import origin_family
from ..shown import shown
from .args import no_flags, text_of
from .constructor import source_of
from .inputs import Body, Hybrid, Settings, WithLayers, mapped_from, refuse
from .output import AsJson, CommandError, Table, as_json, jsonable, say, tables
from .quiet import quietly, show

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

Format = Literal["table", "yaml", "json", "python", "args"]

_TEXTS: Mapping[str, Callable[[ModelConfig], str]] = {
    "yaml": lambda model: documents.text(dump(model), yaml=True),
    "json": lambda model: documents.text(dump(model), yaml=False),
    "python": source_of,
    "args": text_of,
}
"""By format, a model config as a file has it."""

_SUFFIXES: Mapping[str, Format] = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "python"}


@dataclass(frozen=True)
class Mapped:
    """A field of a mapped model."""

    field: str
    value: object
    owner: str
    sources: tuple[str, ...]
    """Hugging Face fields that decide it."""
    reason: str


def map_(
    path: Annotated[Path, typer.Argument(help="config.json, or its folder.")],
    settings: Settings = None,
    hybrid: Hybrid = False,
    body: Body = False,
    layers: WithLayers = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse declared deviations.")] = False,
    form: Annotated[
        Format | None, typer.Option("--format", help="What is printed; after -o, as the file is named.")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file.")] = None,
    reasons: Annotated[bool, typer.Option("-v", "--verbose", help="Say why, in tables.")] = False,
    json: AsJson = False,
) -> None:
    """The Megatron config of a checkpoint: each field, its value, and the Hugging Face field that decides it."""
    warned: list[Warning] = []
    try:
        with quietly(warned):
            model, caller = mapped_from(path, settings, hybrid=hybrid, body=body, layers=layers, strict=strict)
    except UnsupportedConfigError as error:
        refuse(path, error, json=json)
        raise typer.Exit(1) from error
    finally:
        show(warned)
    chosen = form or (_SUFFIXES.get(out.suffix.lower(), "yaml") if out is not None else "table")
    if chosen != "table":
        try:
            _put(_TEXTS[chosen](model), out)
        except UnsupportedArgumentError as error:
            no_flags(path, error, json=json, layers=layers)
            raise typer.Exit(1) from error
    elif out is not None:
        raise CommandError(f"-o takes --format {', '.join(_TEXTS)}")
    elif json:
        as_json(_data(model, caller))
    else:
        _show(model, caller, reasons)


def fields_of(model: ModelConfig, caller: Collection[str]) -> Iterator[Mapped]:
    """What was decided: of each field, its value, its owner, and what it is from.

    Args:
        model: as the mapper gave it.
        caller: names of the caller's fields. What Megatron derives from them is left out.
    """
    values = flat(model)
    known = explained_model(model)
    for name in dict.fromkeys((*known.decided, *(name for name in values if name in caller))):
        if name not in values or name in _ASIDE:
            continue
        verdict = known.megatron(name)
        owner, reason = (verdict.verdict, verdict.reason) if verdict is not None else ("caller", "")
        yield Mapped(name, values[name], owner, known.sources(name), reason)


def explained_model(model: ModelConfig) -> Explanation:
    """What is known of the fields of a mapped model."""
    family = origin_family(model)
    assert family is not None, "a mapper says where its model is from"
    return explanation(family, stock_class(model).__qualname__, flat(model))


_ASIDE = ("extra_checkpoint_metadata",)
"""Notes on where the config is from."""

_OWNERS = ("architecture", "suggested", "caller")
"""In the order in which they are shown."""


def _data(model: ModelConfig, caller: Collection[str]) -> Mapping[str, object]:
    """A mapped model as JSON has it."""
    return {
        "family": origin_family(model),
        "target": type(model).__qualname__,
        "fields": [
            {
                "field": each.field,
                "value": jsonable(each.value),
                "owner": each.owner,
                "from": list(each.sources),
                "reason": each.reason,
            }
            for each in fields_of(model, caller)
        ],
    }


def _show(model: ModelConfig, caller: Collection[str], reasons: bool) -> None:
    columns = ("field", "value", "from", *(("reason",) if reasons else ()))
    found = [*fields_of(model, caller)]
    say(f"{type(model).__qualname__} of {origin_family(model)}\n")
    tables(
        [
            Table(columns, [_row(each, reasons) for each in found if each.owner == owner], f"{owner}:")
            for owner in _OWNERS
            if any(each.owner == owner for each in found)
        ]
    )


def _row(each: Mapped, reasons: bool) -> tuple[str, ...]:
    return (each.field, shown(each.value), ", ".join(each.sources), *((each.reason,) if reasons else ()))


def _put(text: str, out: Path | None) -> None:
    if out is None:
        say(text.rstrip("\n"))
        return
    try:
        write_text(out, text)
    except OSError as error:
        raise CommandError(f"{out}: {error.strerror or error}") from error
