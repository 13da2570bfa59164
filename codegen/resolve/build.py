"""Turns the rows of a family, found to be sound, into the plan of its module."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import libcst as cst

from codegen.functions import Import, RuleFunction
from codegen.plan import Argument, Plan, Verdict
from codegen.resolve.back import Ways, ways
from codegen.resolve.expressions import call, expression, is_declared, is_given, lifted_name, negated, read
from codegen.resolve.owners import Owned, Owners
from codegen.resolve.rows import Placed, functions, is_settled, tables
from codegen.resolve.targets import Decided, decisions, symbols
from codegen.schemas import HfClass, Undeclared
from codegen.table import (
    Bundle,
    Choice,
    Computed,
    Constant,
    Deviation,
    Domain,
    Family,
    HardWired,
    Ignored,
    InDomain,
    Local,
    MustBe,
    Owner,
    Rename,
    Require,
    Route,
    Row,
    Scalar,
    Target,
    Wrap,
)
from codegen.types import atoms


def build(
    family: Family, route: Route, rows: tuple[Placed, ...], owners: Owners, hf: HfClass, verdicts: tuple[Verdict, ...]
) -> Plan:
    """The plan of a route without diagnostics."""
    plain = tuple(placed.row for placed in rows)
    decided = decisions(rows, owners)
    found = ways(rows, owners, hf)
    rules = list(dict.fromkeys(rule for row in plain for rule in functions(row)))
    lifted = [rule for rule in rules if rule.expression is None]
    return Plan(
        family=family,
        route=route,
        checks=tuple(_checks(plain, hf)),
        settings=tuple(_suggested(decided, owners, hf, inner=True)),
        model_settings=tuple(_suggested(decided, owners, hf, inner=False)),
        settled=tuple(
            f"{row.name} = {call(row.function)}" for row in plain if isinstance(row, Local) and is_settled(row)
        ),
        transformer=tuple(_architecture(decided, owners, hf, inner=True)),
        model=tuple(_architecture(decided, owners, hf, inner=False)),
        wrapped=next((call(row.function) for row in plain if isinstance(row, Wrap)), "transformer"),
        carried=tuple(carried for _, carried in found.carried),
        not_carried=_not_carried(hf, found),
        derived=tuple(sorted(field.name for field in hf.fields if not field.declared)),
        ignored=tuple(row for row in plain if isinstance(row, Ignored)),
        deviations=tuple(row for row in plain if isinstance(row, Deviation)),
        functions=tuple(_carried(rule, route.target, hf) for rule in lifted),
        imports=tuple(sorted(_imports(rows, rules, decided, hf), key=lambda known: (known.module, known.name))),
        tables=tables(route.table),
        verdicts=verdicts,
    )


def _not_carried(hf: HfClass, found: Ways) -> tuple[str, ...]:
    carried = {name for _, carried in found.carried for name in carried.names} - found.sometimes
    return tuple(sorted(field.name for field in hf.fields if field.declared and field.name not in carried))


def _checks(rows: tuple[Row, ...], hf: HfClass) -> Iterator[str]:
    """Statements that refuse. Numbers first, then values, then what is computed from several of them."""
    aliased = [row.source for row in rows if isinstance(row, InDomain) and _is_aliased_integer(row.source, hf)]
    if aliased:
        yield f"check.integers({', '.join(f'{name}={read(name, hf)}' for name in aliased)})"
    for domain in Domain:
        for row in rows:
            if isinstance(row, InDomain) and row.domain is domain:
                yield _refused(_beyond(row, hf), row.source, hf, _DOMAINS[domain].reason)
    for row in rows:
        match row:
            case MustBe(source, allowed, why) if not is_declared(source, hf):
                yield f"check.if_set({source!r}, {_tuple(allowed)}, {quoted(why)})"
            case MustBe(source, (None | bool() as only,), why):
                yield _refused(f"{read(source, hf)} is not {only!r}", source, hf, f"must be {only!r}: {why}")
            case MustBe(source, allowed, why):
                yield f"check.must_be({source!r}, {read(source, hf)}, {_tuple(allowed)}, {quoted(why)})"
            case HardWired(key, constant, why):
                yield f"check.if_set({key!r}, {_tuple((constant,))}, {quoted(why)})"
            case Rename(source) if is_given(row, hf):
                yield f"{source} = check.given({source!r}, {read(source, hf)}, {quoted(row.required)})"
            case Choice(source, target, table):
                yield f"{target} = check.choice({source!r}, {read(source, hf)}, {table.name})"
            case _:
                pass
    for row in rows:
        if isinstance(row, Local) and not is_settled(row):
            yield f"{row.name} = {call(row.function)}"
    for row in rows:
        match row:
            case Require(source, rule, why):
                yield _refused(negated(call(rule)), source, hf, why)
            case Deviation(identifier, source, applies, within, why):
                conditions = f"applies={call(applies)}, within={call(within)}"
                place = f"field={source!r}, value={read(source, hf)}"
                yield f"check.deviation({identifier!r}, {conditions}, {place}, reason={quoted(why)})"
            case _:
                pass


def _refused(condition: str, source: str, hf: HfClass, why: str) -> str:
    return f"if {condition}:\n    check.refuse({source!r}, {read(source, hf)}, {quoted(why)})"


@dataclass(frozen=True)
class _Domain:
    """Which numbers are beyond a domain: of an integer, which is finite, and of any other."""

    integer: str
    number: str
    reason: str


_DOMAINS = {
    Domain.POSITIVE: _Domain("{} <= 0", "not 0 < {} < inf", "must be above zero"),
    Domain.NOT_NEGATIVE: _Domain("{} < 0", "not 0 <= {} < inf", "must be zero or above"),
    Domain.PROBABILITY: _Domain("not 0 <= {} < 1", "not 0 <= {} < 1", "must be at least zero and below one"),
}


def _beyond(row: InDomain, hf: HfClass) -> str:
    """Whether the number is beyond its domain; None is beyond none."""
    value, domain, types = read(row.source, hf), _DOMAINS[row.domain], atoms(_type(row.source, hf))
    beyond = (domain.integer if types <= {"int", "None"} else domain.number).format(value)
    return f"{value} is not None and {beyond}" if "None" in types else beyond


def _type(source: str, hf: HfClass) -> str:
    declared = (known for known in hf.attributes if not isinstance(known, Undeclared))
    return next(known.type for known in declared if known.name == source)


def _is_aliased_integer(source: str, hf: HfClass) -> bool:
    """Whether the field is an integer that has another name, whose values transformers does not check."""
    names = {*hf.attribute_map, *hf.attribute_map.values()}
    return any(field.name == source and field.type == "int" for field in hf.fields) and source in names


def _tuple(values: tuple[Scalar, ...]) -> str:
    return f"({', '.join(map(repr, values))},)" if len(values) == 1 else repr(values)


def quoted(text: str, width: int = 100) -> str:
    """A string as source, in pieces where it is too long for a line: black does not split strings."""
    pieces = re.findall(rf".{{1,{width}}}(?:\s+|$)", text)
    # Black would put pieces that fit on one line there. A word that is longer than a line is in no piece.
    if len(text) <= width + 4 or "".join(pieces) != text:
        return _double_quoted(text)
    return "(" + "\n".join(_double_quoted(piece) for piece in pieces) + ")"


def _double_quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _suggested(decided: dict[str, Decided], owners: Owners, hf: HfClass, *, inner: bool) -> Iterator[Argument]:
    bundles: list[Bundle] = []
    for name, decision in decided.items():
        if decision.placed is None or decision.owned.owner is not Owner.SUGGESTED or inner == (name in owners.model):
            continue
        row = decision.placed.row
        if isinstance(row, Bundle):
            if row not in bundles:
                bundles.append(row)
                yield Argument("", call(row.function), row.why)
        else:
            yield Argument(name, expression(row, name, hf), _comment(row))


def _architecture(decided: dict[str, Decided], owners: Owners, hf: HfClass, *, inner: bool) -> Iterator[Argument]:
    for name, decision in decided.items():
        if decision.placed is None or decision.owned.owner is not Owner.ARCHITECTURE:
            continue
        if inner == (name not in owners.model) and not _is_absent(decision.placed.row, decision.owned):
            row = decision.placed.row
            yield Argument(name, expression(row, name, hf), _comment(row))


def _is_absent(row: Row, owned: Owned) -> bool:
    """A constant that says that the model does not have the thing, which leaving it out says too."""
    return isinstance(row, Constant) and type(row.value) is type(owned.absent) and row.value == owned.absent


def _comment(row: Row) -> str:
    return row.why if isinstance(row, Constant | Computed) else ""


def _carried(rule: RuleFunction, target: Target, hf: HfClass) -> str:
    """The definition under its private name, with the annotations that hold in this module."""
    annotations = {
        "hf": hf.name,
        "check": "Check",
        "caller": target.fields,
        "settings": target.transformer_fields,
        "model": target.model_class.rpartition(".")[2],
        "transformer": target.transformer_class.rpartition(".")[2],
    }
    parameters = ", ".join(
        f"{parameter.name}: {annotations.get(parameter.name, parameter.annotation)}" for parameter in rule.parameters
    )
    return _under_header(rule.source, f"def {lifted_name(rule)}({parameters}) -> {rule.returns}: ...")


@cache
def _under_header(definition: str, header: str) -> str:
    """The body of one definition under the header of another. Families share most rules, so that most are known."""
    (there,) = cst.parse_module(definition).body
    (here,) = cst.parse_module(header).body
    assert isinstance(there, cst.FunctionDef)
    return cst.Module([here.with_changes(body=there.body)]).code


def _imports(
    rows: tuple[Placed, ...], rules: list[RuleFunction], decided: dict[str, Decided], hf: HfClass
) -> set[Import]:
    found = {known for rule in rules for known in rule.imports}
    for placed in rows:
        match placed.row:
            case Constant(target) if target in decided and not _is_absent(placed.row, decided[target].owned):
                found |= {Import(*_split(path)) for path in symbols(placed)}
            case Choice(_, _, table):
                found |= {Import("._tables", table.name), Import("mcore_mappers_runtime.back", "key_of")}
            case InDomain() as row if "inf" in _beyond(row, hf):
                found.add(Import("math", "inf"))
            case _:
                pass
    return found


def _split(path: str) -> tuple[str, str]:
    module, _, name = path.rpartition(".")
    return module, name


def target_imports(target: Target) -> tuple[Import, ...]:
    """The two Megatron classes of a target."""
    return tuple(Import(*_split(path)) for path in (target.model_class, target.transformer_class))
