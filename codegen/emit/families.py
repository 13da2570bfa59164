"""What a registry says of families: of those that are mapped, and of classes that are refused whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from codegen.emit.sections import Section, entries, listed
from codegen.functions import RUNTIME, Import
from codegen.layers import layer_parameters
from codegen.owners import Needed
from codegen.plan import Mapper, PartName, Plan, Side
from codegen.rows.guard import Deviating, Guard, Values
from codegen.table import Pending, Unmapped
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
    needed = {each.name for plan in plans for each in _needed(plan, needs)}
    records = {"Family"}
    records |= {"Deviation"} if any(True for plan in plans for _ in _deviations(plan)) else set()
    records |= {"Parameter"} if any(plan.weights for plan in plans) else set()
    return Section(
        name="FAMILIES",
        module="_families",
        doc="Every family that is mapped, and what the parts of families refuse: fields, each with the reason.",
        source=f"_GUARDS: Mapping[str, tuple[tuple[str, str], ...]] = {texts}\n\n"
        f"FAMILIES: Mapping[str, Family] = {families}",
        imports=(
            _MAPPING,
            *(Import(_RECORDS, name) for name in sorted(records)),
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


def _needed(plan: Plan, needs: Sequence[Needed]) -> list[Needed]:
    """What a model of any target needs."""
    return [each for each in needs if any(_has(mapper, each) for mapper in plan.mappers)]


def _has(mapper: Mapper, need: Needed) -> bool:
    given = {verdict.field: verdict.expression for verdict in mapper.verdicts if verdict.side is Side.MEGATRON}
    has = (given.get(field, "") for field in need.where)
    return need.kind in ("", mapper.target.kind) and all(each not in _ABSENT and not each.isdigit() for each in has)


_ABSENT = ("", "None", "False")
"""What a family gives for a field that its models do without, if anything; a plain number is Megatron's default."""


def _family(plan: Plan, guards: Mapping[PartName, Mapping[tuple[str, str], None]], needs: Sequence[Needed]) -> str:
    refusals = _refusals(plan)
    whole = [part for part, found in refusals.items() if part is not None and dict.fromkeys(found) == guards[part]]
    own = [pair for part, found in refusals.items() if part not in whole for pair in found]
    lacks = plan.family.lacks
    whole_class = [(lacks.computation, lacks.why)] if lacks is not None else []
    parts = (f"*_GUARDS[{literal_text(part.name)}]" for part in sorted(whole, key=lambda part: part.name))
    lacking = f", lacks={quoted(f'{lacks.why} ({lacks.computation})')}" if lacks is not None else ""
    layers = f", layers={listed(map(literal_text, plan.layers))}" if plan.layers else ""
    parameters = f", parameters={listed(_parameters(plan))}" if plan.weights else ""
    predicts = ", predicts=True" if any(PREDICTION in placed.row.targets for placed in plan.rows) else ""
    return (
        f"Family(name={literal_text(plan.family.name)}, config_class={literal_text(plan.family.config)}, "
        f"architectures={listed(literal_text(name) for name in plan.architectures)}, "
        f"covers={quoted(plan.family.covers)}, "
        f"targets={listed(literal_text(mapper.target.model_class) for mapper in plan.mappers)}, "
        f'status="mapped", refusals={listed((*_pairs(whole_class), *parts, *_pairs(own)))}, '
        f"deviations={listed(_deviations(plan))}, "
        f"needs={listed(each.name for each in needs)}{lacking}{layers}{parameters}{predicts})"
    )


def _parameters(plan: Plan) -> Iterator[str]:
    for each in layer_parameters():
        if each.name in plan.weights:
            names = (each.field, f"{_LAYER}{each.name}", plan.weights[each.name])
            yield f"Parameter({', '.join(map(literal_text, names))}, {each.shape!r}, {each.tensor_parallel_dim})"


_LAYER = "decoder.layers.{layer}."
"""Where Megatron's models have their layers."""


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
