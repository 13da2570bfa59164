"""What becomes of every causal language model of transformers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from mcore_mappers._refused import REFUSED
from mcore_mappers._registry import FAMILIES

from .errors import Refusal, UnsupportedConfigError
from .records import Family, Unmapped
from .releases import releases

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig


@cache
def families() -> Mapping[str, Family]:
    """The families by name: their classes and targets, and what is refused or deviates.

    A family whose status is "refused" has no mapper: no Megatron config is the same model, whatever its fields hold.
    """
    mapped = {name: replace(family, versions=releases(name)) for name, family in FAMILIES.items()}
    known = {**mapped, **{name: _refused(row) for name, row in REFUSED.items()}}
    return MappingProxyType({name: known[name] for name in sorted(known)})


def _refused(row: Unmapped) -> Family:
    fields = tuple((name, reason) for name, _, reason in row.fields)
    return Family(
        name=row.name,
        config_class=row.config_class,
        covers="",
        targets=(),
        status="refused",
        refusals=((row.computation, row.reason), *fields),
        deviations=(),
    )


def unmapped(hf: PreTrainedConfig) -> UnsupportedConfigError:
    """Why the class of a config is not mapped, with every field that stands in the way."""
    path = f"{type(hf).__module__}.{type(hf).__qualname__}"
    row = next((row for row in REFUSED.values() if row.config_class == path), None)
    if row is None:
        mapped = ", ".join(f"{family.name} ({family.config_class.rpartition('.')[2]})" for family in FAMILIES.values())
        return UnsupportedConfigError(
            None, (Refusal("class", path, f"no family maps this class; mapped are: {mapped}"),)
        )
    held = vars(hf)
    refusals = [Refusal("class", path, f"{row.reason} ({row.computation})")]
    refusals += [
        Refusal(name, held[name], reason)
        for name, allowed, reason in row.fields
        if name in held and not _holds_only(held[name], allowed)
    ]
    return UnsupportedConfigError(row.name, tuple(refusals))


def _holds_only(value: object, allowed: tuple[object, ...]) -> bool:
    entries = cast("list[object]", value) if isinstance(value, list) else [value]
    return all(entry in allowed for entry in entries)
