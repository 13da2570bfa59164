"""What a registry says of families: of those that are mapped, and of classes that are refused whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from codegen.emit.sections import Section, entries, listed
from codegen.functions import RUNTIME, Import
from codegen.layers import layer_parameters
from codegen.owners import Needed
from codegen.plan import PartName, Plan, Side
from codegen.rows.guard import Deviating, Guard, Values
from codegen.table import Family, Part, Pending, Unmapped
from codegen.text import literal_text, quoted

_RECORDS = f"{RUNTIME}records"
_NEEDS = f"{RUNTIME}needs"
_MAPPING = Import("collections.abc", "Mapping")
_GUARDS, _DEVIATIONS = "_GUARDS", "_DEVIATIONS"

PREDICTION = "mtp_num_layers"
"""A Megatron field that a caller may set beyond zero only where the family does."""


_Found = Mapping[PartName | None, Sequence[str]]
"""Items of a family, as source, by the part that they are of; None for its own."""
_Shared = Mapping[PartName, Collection[str]]
"""The same of all families, of parts alone."""


def families_section(plans: Sequence[Plan], needs: Sequence[Needed] = ()) -> Section:
    """Every mapped family. What is true of a part stands once, in a table of all parts."""
    guards, deviations = _shared(map(_refusals, plans)), _shared(map(_deviations, plans))
    families = entries((plan.family.name, _family(plan, guards, deviations, _needed(plan, needs))) for plan in plans)
    needed = {name for plan in plans for name in _needed(plan, needs)}
    records = {"Family"}
    records |= {"Deviation"} if any(True for plan in plans for _ in _deviations(plan)) else set()
    records |= {"Parameter"} if any(plan.weights for plan in plans) else set()
    records |= {"Override"} if any(plan.family.overrides for plan in plans) else set()
    constants = _of_parts(_GUARDS, "tuple[str, str]", guards, "What parts of families refuse.")
    if deviations:
        constants += _of_parts(_DEVIATIONS, "Deviation", deviations, "In what models with parts of families differ.")
    return Section(
        name="FAMILIES",
        module="_families",
        doc="Every family that is mapped, and what the parts of families refuse: fields, each with the reason.",
        source=f"{constants}FAMILIES: Mapping[str, Family] = {families}",
        imports=(
            _MAPPING,
            *(Import(_RECORDS, name) for name in sorted(records)),
            *(Import(_NEEDS, name) for name in sorted(needed)),
        ),
    )


def _refusals(plan: Plan) -> _Found:
    """What the guards of a family refuse for any target: fields, each with the reason."""
    found: dict[PartName | None, set[tuple[str, str]]] = {}
    for placed in plan.rows:
        if isinstance(placed.row, Guard) and not isinstance(placed.row.test, Deviating):
            found.setdefault(placed.part, set()).add((placed.row.field, placed.row.why))
    return {part: [*_pairs(sorted(pairs))] for part, pairs in found.items()}


def _deviations(plan: Plan) -> _Found:
    found: dict[PartName | None, list[str]] = {}
    for placed in plan.rows:
        row = placed.row
        if isinstance(row, Guard) and isinstance(row.test, Deviating):
            named = f"{literal_text(row.test.identifier)}, {literal_text(row.field)}, {quoted(row.why)}"
            others = row.fields_in_order()[1:]
            more = f", others={listed(map(literal_text, others))}" if others else ""
            more += f", layers={listed(map(literal_text, row.layers))}" if row.layers else ""
            found.setdefault(placed.part, []).append(f"Deviation({named}{more})")
    return {part: sorted(items) for part, items in found.items()}


def _shared(found: Iterable[_Found]) -> _Shared:
    shared: dict[PartName, dict[str, None]] = {}
    for of_family in found:
        for part, items in of_family.items():
            if part is not None:
                shared.setdefault(part, {}).update(dict.fromkeys(items))
    return shared


def _of_parts(constant: str, item: str, shared: _Shared, doc: str) -> str:
    """A table by the names of parts, and a function of names: type checkers are slow over a thousand subscripts."""
    table = entries((part.name, listed(shared[part])) for part in sorted(shared, key=lambda part: part.name))
    return (
        f"{constant}: Mapping[str, tuple[{item}, ...]] = {table}\n\n\n"
        f"def {constant.lower()}(*parts: str) -> tuple[{item}, ...]:\n"
        f'    """{doc}"""\n'
        f"    return tuple(each for part in parts for each in {constant}[part])\n\n\n"
    )


def _items(found: _Found, shared: _Shared, constant: str, first: Collection[str] = ()) -> str:
    """Those of a family, after what comes first: of parts that it has as a whole by their names."""
    whole = [part for part, items in found.items() if part is not None and {*items} == {*shared[part]}]
    own = [item for part, items in found.items() if part not in whole for item in items]
    if not whole:
        return listed((*first, *own))
    named = f"{constant.lower()}({', '.join(literal_text(name) for name in sorted(part.name for part in whole))})"
    return listed((*first, f"*{named}", *own)) if first or own else named


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"({literal_text(field)}, {quoted(why)})" for field, why in pairs)


def _needed(plan: Plan, needs: Sequence[Needed]) -> list[str]:
    """What a model of any target needs, by the fields that it has, and by what its parts say."""
    given = [
        (
            mapper.target.kind,
            {verdict.field: verdict.expression for verdict in mapper.verdicts if verdict.side is Side.MEGATRON},
        )
        for mapper in plan.mappers
    ]
    by_fields = [each.name for each in needs if any(_has(kind, fields, each) for kind, fields in given)]
    return [*dict.fromkeys((*by_fields, *(name for part in plan.family.parts for name in _of_part(part))))]


def _of_part(part: Part) -> Iterator[str]:
    for each in part.includes:
        yield from _of_part(each)
    yield from part.needs


def _has(kind: str, given: Mapping[str, str], need: Needed) -> bool:
    has = (given.get(field, "") for field in need.where)
    return need.kind in ("", kind) and all(each not in _ABSENT and not each.isdigit() for each in has)


_ABSENT = ("", "None", "False")
"""What a family gives for a field that its models do without, if anything; a plain number is Megatron's default."""


def _family(plan: Plan, guards: _Shared, deviations: _Shared, needs: Sequence[str]) -> str:
    lacks = plan.family.lacks
    whole_class = [*_pairs([(lacks.computation, lacks.why)])] if lacks is not None else []
    lacking = f", lacks={quoted(f'{lacks.why} ({lacks.computation})')}" if lacks is not None else ""
    layers = f", layers={listed(map(literal_text, plan.layers))}" if plan.layers else ""
    parameters = f", parameters={listed(_parameters(plan))}" if plan.weights else ""
    overrides = f", overrides={listed(_overrides(plan.family))}" if plan.family.overrides else ""
    predicts = ", predicts=True" if any(PREDICTION in placed.row.targets for placed in plan.rows) else ""
    return (
        f"Family(name={literal_text(plan.family.name)}, config_class={literal_text(plan.family.config)}, "
        f"architectures={listed(literal_text(name) for name in plan.architectures)}, "
        f"covers={quoted(plan.family.covers)}, "
        f"targets={listed(literal_text(mapper.target.model_class) for mapper in plan.mappers)}, "
        f'status="mapped", refusals={_items(_refusals(plan), guards, _GUARDS, whole_class)}, '
        f"deviations={_items(_deviations(plan), deviations, _DEVIATIONS)}, "
        f"needs={listed(needs)}{lacking}{layers}{parameters}{overrides}{predicts})"
    )


def _overrides(family: Family) -> Iterator[str]:
    for each in family.overrides:
        yield f"Override({', '.join(map(literal_text, (each.field, each.layer_type, each.source)))})"


def _parameters(plan: Plan) -> Iterator[str]:
    for each in layer_parameters():
        if each.field in plan.layers and each.name in plan.weights:
            weight = plan.weights[each.name]
            name = each.name if each.of_model else f"{_LAYER}{each.name}"
            names = ", ".join(map(literal_text, (each.field, name, weight.source)))
            transform = "" if weight.transform == "plain" else f", transform={literal_text(weight.transform)}"
            yield f"Parameter({names}, {each.shape!r}, {each.tensor_parallel_dim}{transform})"


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
