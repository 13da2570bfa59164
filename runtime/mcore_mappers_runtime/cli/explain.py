"""`mcore-mappers explain`: what became of each field of a checkpoint, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..documentation import documented
from ..equal import class_defaults, flat, inner_of, values_of
from ..errors import UnsupportedConfigError
from ..explained import Explanation, Verdict, explanation
from ..near import hint
from ..registry import known
from ..shown import shown
from ..symbols import symbol
from .inputs import Body, Hybrid, Mappers, WithLayers, mappers_of, read, refusal_data, refuse
from .output import AsJson, CommandError, Table, as_json, jsonable, say, tables
from .quiet import quietly, show

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig


@dataclass(frozen=True)
class Told:
    """A field of either side, its value, and what became of it."""

    verdict: Verdict
    value: object
    has_value: bool
    """Whether the config has it."""
    others: Mapping[str, object] = field(default_factory=dict[str, object])
    """The fields of the other side, with their values."""
    documentation: str = ""
    """What upstream says of it."""


def explain(
    path: Annotated[Path, typer.Argument(help="config.json, or its folder.")],
    name: Annotated[str | None, typer.Argument(help="A field of either side.", metavar="FIELD")] = None,
    hybrid: Hybrid = False,
    body: Body = False,
    layers: WithLayers = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is ignored, and what is left at a default.")
    ] = False,
    json: AsJson = False,
) -> None:
    """What became of each field: its value, the field of the other side, and why; or all that is known of one."""
    warned: list[Warning] = []
    try:
        with quietly(warned):
            subject = _Subject.of(path, hybrid=hybrid, body=body, layers=layers)
            found = [*subject.told(everything)] if name is None else [*subject.about(name)]
    except UnsupportedConfigError as error:
        refuse(path, error, json=json)
        raise typer.Exit(1) from error
    finally:
        show(warned, of_needs=False)
    if subject.error is not None and not json:
        refuse(path, subject.error, json=False)
    if json:
        refusals = subject.error.refusals if subject.error is not None else ()
        as_json(
            {
                "path": str(path),
                "family": subject.family,
                "refusals": [refusal_data(each) for each in refusals],
                "fields": [_data(each) for each in found],
            }
        )
    elif name is None:
        _show(found)
    else:
        for each in found:
            _tell(each)
    if subject.error is not None:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Subject:
    """A checkpoint, and what is known of its family."""

    family: str
    hf: PreTrainedConfig
    model: ModelConfig | None
    error: UnsupportedConfigError | None
    """Why there is no model."""
    known: Explanation
    classes: tuple[type, ...]
    """Those of the model, outer and inner."""

    @staticmethod
    def of(path: Path, *, hybrid: bool, body: bool, layers: bool) -> _Subject:
        hf = read(path, body=body)
        mappers = mappers_of(hf)
        family, kind = mappers.family, mappers.target(hybrid)
        model, error = _model(mappers, hf, hybrid, layers)
        values = {} if model is None else flat(model)
        classes: tuple[type, ...] = (type(model), type(inner_of(model))) if model is not None else _every_class(mappers)
        return _Subject(family.name, hf, model, error, explanation(family.name, kind, values), classes)

    def told(self, everything: bool) -> Iterator[Told]:
        """What became of the fields that matter: those of Hugging Face, then what is the same for all of the family."""
        for name in self.known.huggingface_fields:
            each = self._huggingface(name)
            if each is not None and (everything or (each.verdict.others and each.has_value)):
                yield each
        for name in dict.fromkeys((*self.known.decided, *(self._megatron_values if everything else ()))):
            each = self._megatron(name)
            if each is not None and not each.verdict.others:
                yield each

    def about(self, name: str) -> Iterator[Told]:
        """All about a field of either side, or of both.

        Raises:
            CommandError: there is none.
        """
        found = [each for each in (self._huggingface(name), self._megatron(name)) if each is not None]
        if not found:
            names = (*self.known.huggingface_fields, *self._megatron_defaults)
            raise CommandError(f"neither side of {self.family} has a field {name!r}{hint(name, names)}")
        for each in found:
            classes = (type(self.hf),) if each.verdict.side == "Hugging Face" else self.classes
            said = next((text for cls in classes if (text := documented(cls, name))), "")
            yield replace(each, documentation=said)

    def _huggingface(self, name: str) -> Told | None:
        verdict, held = self.known.huggingface(name), values_of(self.hf)
        if verdict is None:
            return None
        stored = type(self.hf).attribute_map.get(name, name)
        others = {other: self._megatron_values[other] for other in verdict.others if other in self._megatron_values}
        return Told(verdict, held.get(stored), stored in held, others)

    def _megatron(self, name: str) -> Told | None:
        values, defaults = self._megatron_values, self._megatron_defaults
        verdict = self.known.megatron(name, defaults.get(name))
        if verdict is None and name in defaults:
            verdict = Verdict("Megatron", name, "caller", self._callers(name))
        if verdict is None:
            return None
        others = {
            other: values_of(self.hf).get(type(self.hf).attribute_map.get(other, other)) for other in verdict.others
        }
        return Told(verdict, values.get(name), name in values, others)

    def _callers(self, name: str) -> str:
        """Why a field is the caller's, as editors show it."""
        registry, _ = known().families[self.family]
        fields = symbol(f"{registry.package}.typing.AnyFields")
        return documented(fields, name) or ""

    @property
    def _megatron_values(self) -> Mapping[str, object]:
        return {} if self.model is None else flat(self.model)

    @property
    def _megatron_defaults(self) -> Mapping[str, object]:
        return {name: value for cls in reversed(self.classes) for name, value in class_defaults(cls).items()}


def _model(
    mappers: Mappers, hf: PreTrainedConfig, hybrid: bool, layers: bool
) -> tuple[ModelConfig | None, UnsupportedConfigError | None]:
    try:
        return mappers.map(hf, hybrid, {}, layers=layers), None
    except UnsupportedConfigError as error:
        return None, error


def _every_class(mappers: Mappers) -> tuple[type, ...]:
    return tuple(symbol(path) for path in sorted(mappers.registry.symbols.classes))


def _data(each: Told) -> Mapping[str, object]:
    verdict = each.verdict
    return {
        "side": verdict.side,
        "field": verdict.field,
        "value": jsonable(each.value),
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "others": {name: jsonable(value) for name, value in each.others.items()},
        "documentation": each.documentation,
    }


def _show(found: list[Told]) -> None:
    ours = [each for each in found if each.verdict.side == "Hugging Face"]
    constant = [each for each in found if each.verdict.side == "Megatron"]
    tables(
        [Table(("Hugging Face", "value", "Megatron", "value", "why"), [row for each in ours for row in _rows(each)])]
    )
    if constant:
        say()
        rows = [(each.verdict.field, _value(each), each.verdict.reason) for each in constant]
        tables([Table(("Megatron", "value", "why"), rows, "In every model of the family:")])


def _rows(each: Told) -> Iterator[tuple[str, ...]]:
    """A line for each field that follows from one of Hugging Face's."""
    verdict = each.verdict
    others = [*each.others.items()] or [(f"({verdict.verdict})", "")]
    for place, (name, value) in enumerate(others):
        first = (verdict.field, _value(each)) if not place else ("", "")
        why = verdict.reason if not place else ""
        yield (*first, name, shown(value) if each.others else "", why)


def _value(each: Told) -> str:
    return shown(each.value) if each.has_value else ""


def _tell(each: Told) -> None:
    verdict = each.verdict
    say(f"{verdict.field} ({verdict.side}): {verdict.verdict}")
    other = "decides" if verdict.side == "Hugging Face" else "from"
    facts = [
        ("value", shown(each.value) if each.has_value else ""),
        *((other, f"{name} = {shown(value)}") for name, value in each.others.items()),
        ("reason", verdict.reason),
        ("upstream", each.documentation),
    ]
    for name, text in facts:
        if text:
            say(f"  {f'{name}:':<10} {text}")
