"""`mcore-mappers can`: which checkpoints map, and what stands in the way of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import DeviationWarning, Refusal, UnsupportedConfigError, UpstreamVersionError
from ..records import Need
from ..registry import known
from ..releases import is_installed
from ..shown import in_one_line
from .inputs import CONFIG, HEAD, Body, WithLayers, checkpoints_in, mappers_of, read, refusal_data
from .output import AsJson, CommandError, as_json, mistake, say
from .progress import Progress
from .quiet import quietly

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig


@dataclass(frozen=True)
class Answer:
    """Whether a checkpoint maps."""

    path: str
    family: str | None = None
    targets: tuple[str, ...] = ()
    """Names of the Megatron configs that it maps to; empty where it does not."""
    needs: tuple[Need, ...] = ()
    """Of its family; a line leaves out those that every family has."""
    deviations: tuple[str, ...] = ()
    equal_up_to: int | None = None
    """The longest sequences, in tokens, for which the models are equal; None where any are."""
    refusals: tuple[Refusal, ...] = ()
    options: tuple[str, ...] = ()
    """Those of the command with which a checkpoint maps that is refused without them."""

    def __str__(self) -> str:
        if not self.targets:
            first, *rest = self.refusals
            told = first.reason if first.field == CONFIG else " ".join(str(first).split())
            more = f" (and {len(rest)} more)" if rest else ""
            more += f" ({' '.join(self.options)} maps it)" if self.options else ""
            return "  ".join(("no ", self.path, self.family or "-", f"{told}{more}"))
        facts = [self.path, self.family or "-", ", ".join(self.targets)]
        if needs := [each.what for each in self.needs if each not in _of_all()]:
            facts.append(f"needs {', '.join(dict.fromkeys(needs))}")
        if self.deviations:
            beyond = "" if self.equal_up_to is None else f" (equal up to {self.equal_up_to} tokens)"
            facts.append(f"deviates by {', '.join(self.deviations)}{beyond}")
        return "  ".join(("yes", *facts))

    @property
    def data(self) -> Mapping[str, object]:
        """As JSON has it."""
        return {
            "path": self.path,
            "maps": bool(self.targets),
            "family": self.family,
            "targets": list(self.targets),
            "needs": [{"what": each.what, "when": each.when, "reason": each.reason} for each in self.needs],
            "deviations": list(self.deviations),
            "equal_up_to": self.equal_up_to,
            "refusals": [refusal_data(each) for each in self.refusals],
            "options": list(self.options),
        }


def can(
    paths: Annotated[
        list[Path], typer.Argument(help="config.json, its folder, or a folder of many.", metavar="PATH...")
    ],
    body: Body = False,
    layers: WithLayers = False,
    json: AsJson = False,
) -> None:
    """Whether checkpoints map: yes or no, the family, and what is needed or stands in the way."""
    if not is_installed("transformers"):
        raise CommandError(
            str(UpstreamVersionError("", "transformers", None, known().registries[0].releases.oldest["transformers"]))
        )
    found: list[Path] = []
    unreadable = False
    for path in paths:
        try:
            found += checkpoints_in(path)
        except CommandError as error:
            unreadable = True
            mistake(error)
    answers: list[Answer] = []
    with Progress(len(found)) as progress:
        for path in found:
            progress.next(str(path))
            try:
                answer = answer_for(path, body=body, layers=layers)
            except CommandError as error:
                unreadable = True
                progress.clear()
                mistake(error)
                continue
            answers.append(answer)
            if not json:
                progress.clear()
                say(str(answer))
    if json:
        as_json({"checkpoints": [answer.data for answer in answers]})
    if unreadable:
        raise typer.Exit(2)
    if not all(answer.targets for answer in answers):
        raise typer.Exit(1)


def answer_for(path: Path, *, body: bool = False, layers: bool = False) -> Answer:
    """Whether a checkpoint maps; whatever is wrong with its file is an answer, too.

    Raises:
        CommandError: the file cannot be read.
    """
    try:
        with quietly([]):
            return _answered(path, body, layers)
    except CommandError:
        raise
    except UpstreamVersionError as error:
        return Answer(str(path), error.family, refusals=(Refusal("class", error.family, str(error)),))
    except Exception as error:  # a file can hold anything, and many others are asked about
        told = f"{type(error).__name__}: {in_one_line(error)}"
        return Answer(str(path), refusals=(Refusal(CONFIG, str(path), told),))


def _answered(path: Path, body: bool, layers: bool) -> Answer:
    try:
        return _answer(path, body, layers)
    except UnsupportedConfigError as error:
        return Answer(str(path), error.family, refusals=error.refusals, options=_options(path, body, layers, error))


def _options(path: Path, body: bool, layers: bool, error: UnsupportedConfigError) -> tuple[str, ...]:
    """Those with which a checkpoint maps that is refused with others.

    Tried, because a class that lacks something is refused for that before its fields are looked at.
    """
    if not all(each.field == HEAD or each.layers for each in error.refusals):
        return ()
    decoder = body or any(each.field == HEAD for each in error.refusals)
    layered = layers or any(each.layers for each in error.refusals)
    if (decoder, layered) == (body, layers):
        return ()
    more = (*(("--body",) if decoder > body else ()), *(("--layers",) if layered > layers else ()))
    try:
        _answer(path, decoder, layered)
    except UnsupportedConfigError as again:
        others = _options(path, decoder, layered, again)
        return tuple(sorted((*more, *others))) if others else ()
    return more


def _of_all() -> frozenset[Need]:
    """What the models of every family need, which says nothing of one checkpoint."""
    mapped = [family for _, family in known().families.values() if family.status == "mapped"]
    return frozenset(mapped[0].needs).intersection(*(family.needs for family in mapped))


def _answer(path: Path, body: bool, layers: bool) -> Answer:
    hf = read(path, body=body)
    mappers = mappers_of(hf)
    targets: list[str] = []
    found: list[DeviationWarning] = []
    refused: list[UnsupportedConfigError] = []
    for target, mapper in mappers.functions.items():
        try:
            found += _deviations(mapper, hf, layers)
            targets.append(target)
        except UnsupportedConfigError as error:
            refused.append(error)
    if not targets:
        raise refused[0]
    family = mappers.family
    deviations = tuple(dict.fromkeys(name for each in found for name in each.deviations))
    lengths = [each.seq_length for each in found if each.seq_length is not None]
    return Answer(str(path), family.name, tuple(targets), family.needs, deviations, min(lengths, default=None))


def _deviations(mapper: Callable[..., ModelConfig], hf: PreTrainedConfig, layers: bool) -> list[DeviationWarning]:
    """Those with which a config maps."""
    warned: list[Warning] = []
    with quietly(warned):
        mapper(hf, layers=layers)
    return [each for each in warned if isinstance(each, DeviationWarning)]
