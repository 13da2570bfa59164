"""What becomes of every causal language model of transformers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from .composite import levels
from .equal import path_of
from .errors import Refusal, UnsupportedConfigError
from .near import meant
from .records import Family, Unmapped
from .registry import Known, known
from .releases import releases_for

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig


def families() -> Mapping[str, Family]:
    """The families by name: their classes and targets, and what is refused or deviates.

    A family whose status is "refused" has no mapper: no Megatron config is the same model, whatever its fields hold.
    One whose status is "pending" has none either: nobody has looked at its class yet.
    Families of other installed packages are among them; of two with one name there is the one that this package has.
    """
    return _families(known())


@cache
def _families(known: Known) -> Mapping[str, Family]:
    mapped = {
        name: replace(family, versions=releases_for(name, registry.releases))
        for name, (registry, family) in known.families.items()
    }
    everything = {**mapped, **{name: _unmapped(row) for name, row in known.refused.items()}}
    return MappingProxyType({name: everything[name] for name in sorted(everything)})


def _unmapped(row: Unmapped) -> Family:
    return Family(
        name=row.name,
        config_class=row.config_class,
        architectures=(),
        covers="",
        targets=(),
        status=row.status,
        refusals=row.refusals,
        deviations=(),
    )


def why_not_mapped(hf: PreTrainedConfig) -> UnsupportedConfigError:
    """Why the class of a config is not mapped, with every field that stands in the way."""
    path = path_of(type(hf))
    row = _row_of(path)
    if row is None:
        return UnsupportedConfigError(None, (Refusal("class", path, _unknown_class(hf)),))
    held = vars(hf)
    refusals = [Refusal("class", path, row.why)]
    refusals += [
        Refusal(name, held[name], reason)
        for name, allowed, reason in row.fields
        if name in held and not _holds_only(held[name], allowed)
    ]
    return UnsupportedConfigError(row.name, tuple(refusals))


def _row_of(path: str) -> Unmapped | None:
    return next((row for row in known().refused.values() if row.config_class == path), None)


def _unknown_class(hf: PreTrainedConfig) -> str:
    """Why a class is not mapped that is no causal language model of transformers', and what to do."""
    *_, (way, inner) = levels(hf)
    if way:
        field, cls = way.rstrip("."), type(inner)
        family = known().of_class(path_of(cls))
        if family is not None:
            return f"a composite: map its language model, a {cls.__qualname__}, with to_megatron(text_config(hf))"
        row = _row_of(path_of(cls))
        why = "no family maps it" if row is None else f"it has no mapper: {row.why}"
        return f"a composite, whose language model in {field} is a {cls.__qualname__}; {why}"
    classes = {family.config_class.rpartition(".")[2]: name for name, (_, family) in known().families.items()}
    near = meant(type(hf).__qualname__, classes)
    nearest = f"; the nearest is {classes[near]} ({near}), which may mean something else" if near else ""
    return (
        f"no family maps this class{nearest}. families() lists those that are mapped; a table of your own can add one"
    )


def _holds_only(value: object, allowed: tuple[object, ...]) -> bool:
    entries = cast("list[object]", value) if isinstance(value, list) else [value]
    return all(entry in allowed for entry in entries)
