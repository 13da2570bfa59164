"""What a registry says of families: of those that are mapped, and of classes that are refused whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from codegen.emit.sections import Section, entries, listed
from codegen.emit.text import literal_text
from codegen.functions import RUNTIME, Import
from codegen.plan import Plan
from codegen.resolve.build import quoted
from codegen.resolve.rows import collect
from codegen.table import HardWired, MustBe, Require, Unmapped

_RECORDS = f"{RUNTIME}records"
_MAPPING = Import("collections.abc", "Mapping")

_Entry = tuple[str, str]
"""What a refusal or a deviation is about, and its source."""


def families_section(plans: Sequence[Plan]) -> Section:
    """Every mapped family. What several refuse for one reason is written once, as a constant."""
    grouped = {name: tuple(routes) for name, routes in groupby(plans, lambda plan: plan.family.name)}
    deviations = [entry for routes in grouped.values() for entry in _deviations(routes[0])]
    shared = _shared([*(entry for routes in grouped.values() for entry in _refusals(routes[0])), *deviations])
    constants = "".join(f"{name} = {source}\n" for source, name in shared.items())
    families = entries((name, _family(routes, shared)) for name, routes in grouped.items())
    records = ("Deviation", "Family") if deviations else ("Family",)
    return Section(
        name="FAMILIES",
        module="_families",
        doc="Every family that is mapped.",
        source=f"{constants}\nFAMILIES: Mapping[str, Family] = {families}",
        imports=(_MAPPING, *(Import(_RECORDS, name) for name in records)),
    )


def _family(plans: tuple[Plan, ...], shared: Mapping[str, str]) -> str:
    family = plans[0].family
    return (
        f"Family(name={literal_text(family.name)}, config_class={literal_text(family.config_class)}, "
        f"covers={literal_text(family.covers)}, "
        f"targets={listed(literal_text(plan.route.target.model_class) for plan in plans)}, "
        f'status="mapped", refusals={_tuple(_refusals(plans[0]), shared)}, '
        f"deviations={_tuple(_deviations(plans[0]), shared)})"
    )


def _refusals(plan: Plan) -> Iterator[_Entry]:
    for row in (placed.row for placed in collect(plan.family.table)[0]):
        if isinstance(row, MustBe | Require | HardWired):
            field = row.key if isinstance(row, HardWired) else row.source
            yield field, f"({literal_text(field)}, {quoted(row.why)})"


def _deviations(plan: Plan) -> Iterator[_Entry]:
    for row in plan.deviations:
        given = f"{literal_text(row.identifier)}, {literal_text(row.source)}, {quoted(row.why)}"
        yield row.identifier, f"Deviation({given})"


def _tuple(found: Iterable[_Entry], shared: Mapping[str, str]) -> str:
    return listed(shared.get(source, source) for _, source in found)


def _shared(found: Sequence[_Entry]) -> Mapping[str, str]:
    """By its source, the name of what stands more than once: after what it is about, numbered from the second on."""
    counted = Counter(found)
    names: dict[str, str] = {}
    for (about, source), times in counted.items():
        name = f"_{re.sub(r'\W', '_', about).upper()}"
        if times > 1:
            taken = sum(other.rstrip("0123456789").rstrip("_") == name for other in names.values())
            names[source] = f"{name}_{taken + 1}" if taken else name
    return names


def refused_section(rows: Sequence[Unmapped]) -> Section:
    """The classes without a mapper."""
    refused = entries((row.name, _unmapped(row)) for row in sorted(rows, key=lambda row: row.name))
    return Section(
        name="REFUSED",
        module="_refused",
        doc="Every class of causal language models that no Megatron config can be, and why.",
        source=f"REFUSED: Mapping[str, Unmapped] = {refused}",
        imports=(_MAPPING, Import(_RECORDS, "Unmapped")),
    )


def _unmapped(row: Unmapped) -> str:
    fields = [f"({literal_text(field.source)}, {field.allowed!r}, {quoted(field.why)})" for field in row.fields]
    given = f", fields={listed(fields)}" if fields else ""
    return (
        f"Unmapped(name={literal_text(row.name)}, config_class={literal_text(row.config_class)}, "
        f"computation={literal_text(row.computation)}, reason={quoted(row.why)}{given})"
    )
