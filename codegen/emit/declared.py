"""What a registry says of the fields that config classes declare: the types that generated code is written for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from codegen.emit.sections import Section, entries, frozen, listed
from codegen.functions import RUNTIME, Import
from codegen.plan import Plan
from codegen.rows.domain import InDomain
from codegen.text import literal_text
from codegen.types import held

_RECORDS = f"{RUNTIME}records"

Types = tuple[tuple[str, ...], tuple[str, ...]]
"""The types of a field, and those of its entries."""


def declared_section(plans: Sequence[Plan]) -> Section:
    """The types of fields by name, as most classes have them, and what others have instead."""
    fields = {plan.family.name: _types(plan) for plan in plans}
    usual = _usual(fields.values())
    others = {
        family: {name: each for name, each in types.items() if each != usual[name]} for family, types in fields.items()
    }
    otherwise = entries((family, listed(_declared(types))) for family, types in others.items() if types)
    layers = {
        placed.row.field
        for plan in plans
        for placed in plan.rows
        if isinstance(placed.row, InDomain) and placed.row.counts_layers
    }
    return Section(
        name="FIELDS",
        module="_declared",
        doc="What the fields of config classes may hold: the types for which the mappers are written.",
        source=f"FIELDS = Fields(usual={listed(_declared(usual))}, otherwise={otherwise}, layers={frozen(layers)})",
        imports=(Import("types", "NoneType"), Import(_RECORDS, "Declared"), Import(_RECORDS, "Fields")),
    )


def _types(plan: Plan) -> Mapping[str, Types]:
    return {field.name: held(field.type) for field in plan.hf.fields if field.declared}


def _usual(fields: Iterable[Mapping[str, Types]]) -> Mapping[str, Types]:
    """The most frequent types of each field."""
    counted: defaultdict[str, Counter[Types]] = defaultdict(Counter)
    for types in fields:
        for name, each in types.items():
            counted[name][each] += 1
    return {name: max(found, key=lambda each: (found[each], each)) for name, found in sorted(counted.items())}


def _declared(types: Mapping[str, Types]) -> Iterator[str]:
    """Each type with its fields."""
    for kind in sorted(set(types.values())):
        names = listed(literal_text(name) for name, each in types.items() if each == kind)
        rest = f", {listed(kind[1])}" if kind[1] else ""
        yield f"Declared({listed(kind[0])}, {names}{rest})"
