"""What a registry says of families: of those that are mapped, and of classes that are refused whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from codegen.emit.sections import Section, entries, listed
from codegen.functions import RUNTIME, Import
from codegen.plan import PartName, Plan
from codegen.rows.guard import Deviating, Guard, Values
from codegen.table import RefusedClass
from codegen.text import literal_text, quoted

_RECORDS = f"{RUNTIME}records"
_MAPPING = Import("collections.abc", "Mapping")


def families_section(plans: Sequence[Plan]) -> Section:
    """Every mapped family. What a part refuses stands once, as a constant that the families of the part name."""
    guards: dict[PartName, dict[tuple[str, str], None]] = {}
    for plan in plans:
        for part, refused in _refusals(plan).items():
            if part is not None:
                guards.setdefault(part, {}).update(dict.fromkeys(refused))
    parts = sorted(guards, key=lambda part: part.name)
    texts = entries((part.name, listed(_pairs(guards[part]))) for part in parts)
    families = entries((plan.family.name, _family(plan, guards)) for plan in plans)
    records = ("Deviation", "Family") if any(True for plan in plans for _ in _deviations(plan)) else ("Family",)
    return Section(
        name="FAMILIES",
        module="_families",
        doc="Every family that is mapped, and what the parts of families refuse: fields, each with the reason.",
        source=f"_GUARDS: Mapping[str, tuple[tuple[str, str], ...]] = {texts}\n\n"
        f"FAMILIES: Mapping[str, Family] = {families}",
        imports=(_MAPPING, *(Import(_RECORDS, name) for name in records)),
    )


def _refusals(plan: Plan) -> Mapping[PartName | None, list[tuple[str, str]]]:
    """What the guards of a family refuse for any target, by the part that they are of; None for its own."""
    found: dict[PartName | None, set[tuple[str, str]]] = {}
    for placed in plan.rows:
        if isinstance(placed.row, Guard) and not isinstance(placed.row.test, Deviating):
            found.setdefault(placed.part, set()).add((placed.row.field, placed.row.why))
    return {part: sorted(pairs) for part, pairs in found.items()}


def _deviations(plan: Plan) -> Iterator[str]:
    for row in (placed.row for placed in plan.rows):
        if isinstance(row, Guard) and isinstance(row.test, Deviating):
            yield f"Deviation({literal_text(row.test.identifier)}, {literal_text(row.field)}, {quoted(row.why)})"


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"({literal_text(field)}, {quoted(why)})" for field, why in pairs)


def _family(plan: Plan, guards: Mapping[PartName, Mapping[tuple[str, str], None]]) -> str:
    refusals = _refusals(plan)
    whole = [part for part, found in refusals.items() if part is not None and dict.fromkeys(found) == guards[part]]
    own = [pair for part, found in refusals.items() if part not in whole for pair in found]
    parts = (f"*_GUARDS[{literal_text(part.name)}]" for part in sorted(whole, key=lambda part: part.name))
    return (
        f"Family(name={literal_text(plan.family.name)}, config_class={literal_text(plan.family.config)}, "
        f"architectures={listed(literal_text(name) for name in plan.architectures)}, "
        f"covers={quoted(plan.family.covers)}, "
        f"targets={listed(literal_text(mapper.target.model_class) for mapper in plan.mappers)}, "
        f'status="mapped", refusals={listed((*parts, *_pairs(own)))}, deviations={listed(_deviations(plan))})'
    )


def refused_section(rows: Sequence[RefusedClass]) -> Section:
    """The classes without a mapper."""
    refused = entries((row.name, _refused_class(row)) for row in sorted(rows, key=lambda row: row.name))
    return Section(
        name="REFUSED",
        module="_refused",
        doc="Every class of causal language models that no Megatron config can be, and why.",
        source=f"REFUSED: Mapping[str, RefusedClass] = {refused}",
        imports=(_MAPPING, Import(_RECORDS, "RefusedClass")),
    )


def _refused_class(row: RefusedClass) -> str:
    fields = [
        f"({literal_text(each.field)}, {each.test.allowed!r}, {quoted(each.why)})"
        for each in row.fields
        if isinstance(each.test, Values)
    ]
    given = f", fields={listed(fields)}" if fields else ""
    return (
        f"RefusedClass(name={literal_text(row.name)}, config_class={literal_text(row.config_class)}, "
        f"computation={literal_text(row.computation)}, reason={quoted(row.why)}{given})"
    )
