"""What a registry says of families: of those that are mapped, and of classes that are refused whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from codegen.emit.sections import Section, entries, listed
from codegen.functions import RUNTIME, Import
from codegen.owners import Needed
from codegen.plan import Mapper, PartName, Plan, Side
from codegen.rows.guard import Deviating, Guard, Values
from codegen.table import Part, Pending, Unmapped
from codegen.text import literal_text, quoted

_RECORDS = f"{RUNTIME}records"
_NEEDS = f"{RUNTIME}needs"
_MAPPING = Import("collections.abc", "Mapping")

PREDICTION = "mtp_num_layers"
"""A Megatron field that a caller may set beyond zero only where the family does."""


def families_section(plans: Sequence[Plan], needs: Sequence[Needed] = ()) -> Section:
    """Every mapped family. What a part refuses stands once, as a constant that the families of the part name."""
    guards: dict[PartName, dict[tuple[str, str], None]] = {}
    for plan in plans:
        for part, refused in _refusals(plan).items():
            if part is not None:
                guards.setdefault(part, {}).update(dict.fromkeys(refused))
    parts = sorted(guards, key=lambda part: part.name)
    texts = entries((part.name, listed(_pairs(guards[part]))) for part in parts)
    families = entries((plan.family.name, _family(plan, guards, _needed(plan, needs))) for plan in plans)
    needed = {name for plan in plans for name in _needed(plan, needs)}
    records = ("Deviation", "Family") if any(True for plan in plans for _ in _deviations(plan)) else ("Family",)
    return Section(
        name="FAMILIES",
        module="_families",
        doc="Every family that is mapped, and what the parts of families refuse: fields, each with the reason.",
        source=f"_GUARDS: Mapping[str, tuple[tuple[str, str], ...]] = {texts}\n\n"
        f"FAMILIES: Mapping[str, Family] = {families}",
        imports=(
            _MAPPING,
            *(Import(_RECORDS, name) for name in records),
            *(Import(_NEEDS, name) for name in sorted(needed)),
        ),
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


def _needed(plan: Plan, needs: Sequence[Needed]) -> list[str]:
    """What a model of any target needs, by the fields that it has, and by what its parts say."""
    by_fields = [each.name for each in needs if any(_has(mapper, each) for mapper in plan.mappers)]
    return [*dict.fromkeys((*by_fields, *(name for part in plan.family.parts for name in _of_part(part))))]


def _of_part(part: Part) -> Iterator[str]:
    for each in part.includes:
        yield from _of_part(each)
    yield from part.needs


def _has(mapper: Mapper, need: Needed) -> bool:
    given = {verdict.field: verdict.expression for verdict in mapper.verdicts if verdict.side is Side.MEGATRON}
    has = (given.get(field, "") for field in need.where)
    return need.kind in ("", mapper.target.kind) and all(each not in _ABSENT and not each.isdigit() for each in has)


_ABSENT = ("", "None", "False")
"""What a family gives for a field that its models do without, if anything; a plain number is Megatron's default."""


def _family(plan: Plan, guards: Mapping[PartName, Mapping[tuple[str, str], None]], needs: Sequence[str]) -> str:
    refusals = _refusals(plan)
    whole = [part for part, found in refusals.items() if part is not None and dict.fromkeys(found) == guards[part]]
    own = [pair for part, found in refusals.items() if part not in whole for pair in found]
    parts = (f"*_GUARDS[{literal_text(part.name)}]" for part in sorted(whole, key=lambda part: part.name))
    predicts = ", predicts=True" if any(PREDICTION in placed.row.targets for placed in plan.rows) else ""
    return (
        f"Family(name={literal_text(plan.family.name)}, config_class={literal_text(plan.family.config)}, "
        f"architectures={listed(literal_text(name) for name in plan.architectures)}, "
        f"covers={quoted(plan.family.covers)}, "
        f"targets={listed(literal_text(mapper.target.model_class) for mapper in plan.mappers)}, "
        f'status="mapped", refusals={listed((*parts, *_pairs(own)))}, deviations={listed(_deviations(plan))}, '
        f"needs={listed(needs)}{predicts})"
    )


def refused_section(rows: Sequence[Unmapped]) -> Section:
    """The classes without a mapper."""
    refused = entries((row.name, _unmapped(row)) for row in sorted(rows, key=lambda row: row.name))
    records = {"Unmapped", *("PendingClass" if isinstance(row, Pending) else "RefusedClass" for row in rows)}
    return Section(
        name="REFUSED",
        module="_refused",
        doc="Every class of causal language models without a mapper, and why it has none.",
        source=f"REFUSED: Mapping[str, Unmapped] = {refused}",
        imports=(_MAPPING, *(Import(_RECORDS, name) for name in sorted(records))),
    )


def _unmapped(row: Unmapped) -> str:
    named = f"name={literal_text(row.name)}, config_class={literal_text(row.config_class)}"
    if isinstance(row, Pending):
        return f"PendingClass({named})"
    fields = [
        f"({literal_text(each.field)}, {each.test.allowed!r}, {quoted(each.why)})"
        for each in row.fields
        if isinstance(each.test, Values)
    ]
    given = f", fields={listed(fields)}" if fields else ""
    return f"RefusedClass({named}, computation={literal_text(row.computation)}, reason={quoted(row.why)}{given})"
