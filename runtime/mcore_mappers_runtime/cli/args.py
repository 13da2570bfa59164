"""`mcore-mappers args`: Megatron-LM's flags for a checkpoint."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UnsupportedArgumentError, UnsupportedConfigError
from ..settings import origin_family
from ..to_args import to_args
from .inputs import Body, Hybrid, Settings, WithLayers, mapped_from, refuse
from .output import AsJson, as_json, jsonable, remark, say
from .quiet import quietly, show

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig


def args(
    path: Annotated[Path, typer.Argument(help="config.json, or its folder.")],
    settings: Settings = None,
    hybrid: Hybrid = False,
    body: Body = False,
    layers: WithLayers = False,
    json: AsJson = False,
) -> None:
    """Megatron-LM's flags for a checkpoint, one a line, as a shell reads them; Megatron's own parser has read them."""
    warned: list[Warning] = []
    try:
        with quietly(warned):
            model, _ = mapped_from(path, settings, hybrid=hybrid, body=body, layers=layers)
            words = to_args(model)
    except UnsupportedConfigError as error:
        refuse(path, error, json=json)
        raise typer.Exit(1) from error
    except UnsupportedArgumentError as error:
        no_flags(path, error, json=json, layers=layers)
        raise typer.Exit(1) from error
    finally:
        show(warned)
    if json:
        as_json({"family": origin_family(model), "target": type(model).__qualname__, "args": words})
    else:
        say("\n".join(in_lines(words)))


def text_of(model: ModelConfig) -> str:
    """The flags for a model, one a line.

    Raises:
        UnsupportedArgumentError: there are none for all of it.
    """
    with quietly([]):
        return "\n".join(in_lines(to_args(model))) + "\n"


def in_lines(words: Sequence[str]) -> Iterator[str]:
    """Each flag with what stands after it, quoted for a shell."""
    starts = [place for place, word in enumerate(words) if word.startswith("--")]
    for start, end in pairwise((*starts, len(words))):
        yield shlex.join(words[start:end])


def no_flags(path: Path, error: UnsupportedArgumentError, *, json: bool, layers: bool) -> None:
    """Say which fields keep a checkpoint from being said in flags, and what gives it as a whole."""
    if json:
        missing = [
            {"field": each.field, "value": jsonable(each.value), "without": jsonable(each.without)}
            for each in error.fields
        ]
        as_json({"path": str(path), "no_flags": missing})
        return
    remark(f"No flags of Megatron-LM give all of {path}:")
    for each in error.fields:
        remark(f"  {each}")
    asked = "--layers " if layers else ""
    remark(f"`mcore-mappers map {asked}--format python {shlex.quote(str(path))}` gives the whole config.")
