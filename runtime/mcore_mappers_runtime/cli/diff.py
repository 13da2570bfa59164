"""`mcore-mappers diff`: what differs between two checkpoints, or a checkpoint and a Megatron config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import diff as comparison
from .. import documents
from ..diff import Difference, Owner
from ..disk import described
from ..equal import flat, same_architecture, same_value
from ..errors import UnsupportedConfigError
from ..immaterial import alike
from ..registry import known
from ..settings import origin_family
from ..shown import shown
from .inputs import CONFIG, mappers_of, read, refuse, short, unreadable
from .map import explained_model
from .output import AsJson, CommandError, Sourced, as_json, jsonable, sourced, tables
from .quiet import quietly, show

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

_OURS = frozenset({"format", "model", "transformer"})
"""Keys of a file that `dump_file` wrote."""


class _NotMappedError(Exception):
    """One of two checkpoints has no equal Megatron config."""

    def __init__(self, path: Path, why: UnsupportedConfigError) -> None:
        super().__init__(path, why)
        self.path, self.why = path, why


def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A checkpoint, a run config, or a file of `map`.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="What it should be: one of these, too.")],
    only: Annotated[Owner | None, typer.Option("--only", help="Fields that this owner decides.")] = None,
    json: AsJson = False,
) -> None:
    """What differs, field by field; of training's choices only with --only suggested."""
    warned: list[Warning] = []
    try:
        with quietly(warned):
            found = compare(one, other, only)
    except _NotMappedError as error:
        refuse(error.path, error.why, json=json)
        raise typer.Exit(1) from error
    finally:
        show(warned, of_needs=False)
    if json:
        as_json({"equal": not found, "differences": [_data(each) for each in found]})
    elif found:
        rows = [
            Sourced((each.field, shown(each.value), shown(each.expected)), each.hf_fields, each.reason)
            for each in found
        ]
        tables([sourced(("field", short(one), short(other)), rows, "about")])
    if found:
        raise typer.Exit(1)


def compare(one: Path, other: Path, only: Owner | None) -> tuple[Difference, ...]:
    """The differences between two files.

    Raises:
        CommandError: one cannot be read, or neither is a checkpoint or a file of ours.
        _NotMappedError: a checkpoint does not map.
    """
    kinds = (_kind(one), _kind(other))
    try:
        if "checkpoint" not in kinds:
            return _of_files(one, other, only)
        return _of_checkpoint(one, other, only) if kinds[1] == "checkpoint" else _turned(other, one, only)
    except OSError as error:
        raise CommandError(unreadable(Path(error.filename or one), error)) from error
    except ValueError as error:
        raise CommandError(" ".join(str(error).split())) from error


def _kind(path: Path) -> str:
    """What a file is: "checkpoint", "ours", or "run config"."""
    if path.is_dir():
        return "checkpoint" if (path / CONFIG).is_file() else "run config"
    if not path.exists():
        raise CommandError(f"there is no {path}")
    # A pipe can be read once.
    if path.name == CONFIG or not path.is_file():
        return "checkpoint"
    try:
        data = documents.read(path)
    except OSError as error:
        raise CommandError(unreadable(path, error)) from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    if data.keys() >= _OURS:
        return "ours"
    return "checkpoint" if "model_type" in data else "run config"


def _of_checkpoint(one: Path, other: Path, only: Owner | None) -> tuple[Difference, ...]:
    """What is not as in a checkpoint."""
    hf = _read(other)
    given = _mapped(one) if _kind(one) == "checkpoint" else one
    try:
        return comparison.diff(given, hf, only=only)
    except UnsupportedConfigError as error:
        raise _NotMappedError(other, error) from error


def _turned(one: Path, other: Path, only: Owner | None) -> tuple[Difference, ...]:
    """The same, where the checkpoint is the first of both."""
    found = _of_checkpoint(one, other, only)
    return tuple(replace(each, value=each.expected, expected=each.value) for each in found)


def _of_files(one: Path, other: Path, only: Owner | None) -> tuple[Difference, ...]:
    """What differs between two files of ours, which need no Hugging Face config."""
    for path in (one, other):
        if _kind(path) != "ours":
            raise CommandError(f"{path} can be compared with a checkpoint alone; neither of these two is one")
    ours, theirs = (described(documents.read(path)) for path in (one, other))
    return tuple(_between(ours, theirs, only or "architecture"))


def _between(one: ModelConfig, other: ModelConfig, only: Owner) -> Iterator[Difference]:
    ours, theirs = flat(one), flat(other)
    family = known().families.get(origin_family(other) or "")
    owners = (known().registries[0] if family is None else family[0]).owners
    explained = None if family is None else explained_model(other)
    same = alike(ours, theirs, owners.architecture)
    for name, (owner, reason) in owners.of({**ours, **theirs}).items():
        value, expected = ours.get(name), theirs.get(name)
        alike_here = name in same or same_value(value, expected) or same_architecture(name, value, expected)
        if owner == only and not alike_here:
            sources = explained.sources(name) if explained is not None else ()
            yield Difference(name, value, expected, owner, reason, sources)


def _mapped(path: Path) -> ModelConfig:
    hf = _read(path)
    try:
        return mappers_of(hf).map(hf, False, {}, layers=True)
    except UnsupportedConfigError as error:
        raise _NotMappedError(path, error) from error


def _read(path: Path) -> PreTrainedConfig:
    try:
        return read(path)
    except UnsupportedConfigError as error:
        raise _NotMappedError(path, error) from error


def _data(each: Difference) -> Mapping[str, object]:
    return {
        "field": each.field,
        "a": jsonable(each.value),
        "b": jsonable(each.expected),
        "owner": each.owner,
        "from": list(each.hf_fields),
        "reason": each.reason,
    }
