"""Layers: every field of `Layers` with what it says, adds and costs, and who uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from codegen.introspect import documentation
from codegen.layers import LAYERS, LayerParameter, layer_parameters, layers_class
from codegen.owners import Absence, Group
from codegen.pages.facts import Facts
from codegen.pages.markup import code, element, link, listed, prose, raw, table
from codegen.pages.proven import DOCS
from codegen.pages.refusals import whose
from codegen.resolve.ownership import show
from codegen.schemas import MegatronField
from mcore_mappers_runtime.layers.bypasses import BYPASSES
from mcore_mappers_runtime.layers.specs import AROUND_LAYERS, CHANGES

PAGE: Final = "layers.md"
"""The page that people write in `docs/site/`, which ends with these tables."""


def tables(facts: Facts) -> str:
    """The tables."""
    costs = _costs()
    names = {field.name for field in layers_class().fields}
    groups = [group for group in facts.table.owners if names & {*_names(group)}]
    return "\n".join(
        (
            _INTRODUCTION,
            *((_COST,) if costs else ()),
            *(f"### {_title(section)}\n\n{_group(section, groups, facts, costs)}" for section in _sections(groups)),
            _REFUSED,
            raw(table(("field of Megatron's", "why"), ((code(each.field), prose(each.reason)) for each in BYPASSES))),
        )
    )


_INTRODUCTION = """
## Every field

A field with its default is what stock Megatron computes. Parameters are whole on every rank of tensor parallelism,
unless it says otherwise.
"""
_COST = """
*Cost* is the time of a layer with the field, forward and backward on a CPU, as a multiple of the stock layer's
(`make bench`).
"""
_REFUSED = """
## What no model with layers can have

Beside a value of these Megatron would pass by what layers replace, and compute another model without a word. The
`ValueError` names the value.
"""


def _names(group: Group) -> Iterator[str]:
    return (entry.field if isinstance(entry, Absence) else entry for entry in group.fields)


def _sections(groups: list[Group]) -> list[str]:
    return [*dict.fromkeys(group.section for group in groups)]


def _title(section: str) -> str:
    subject = section.removeprefix("layers: ")
    return subject[0].upper() + subject[1:]


def _group(section: str, groups: list[Group], facts: Facts, costs: Mapping[str, float]) -> str:
    return "\n".join(
        raw(
            element("p", prose(group.why)),
            table(_heads(costs), (_row(name, facts, costs) for name in _names(group)), "layers-of"),
        )
        for group in groups
        if group.section == section
    )


def _heads(costs: Mapping[str, float]) -> tuple[str, ...]:
    return ("field", "what it says", "adds to a layer", *(("cost",) if costs else ()), "families")


def _row(name: str, facts: Facts, costs: Mapping[str, float]) -> tuple[str, ...]:
    field = next(each for each in layers_class().fields if each.name == name)
    users = [family.name for family in facts.mapped if name in family.layers]
    return (
        _place(field),
        f"{prose(_said(name))}{listed(_limits(name))}",
        listed(_parameter(each) for each in layer_parameters() if each.field == name),
        *((f"{costs[name]:.2f}" if name in costs else "",) if costs else ()),
        whose(users, [family.name for family in facts.mapped]),
    )


def _place(field: MegatronField) -> str:
    default = f"{code(field.type)} = {code(show(field.default))}"
    return element("span", f"{element('b', code(field.name))}<br>{default}", id=f"layer-{field.name}")


def _said(name: str) -> str:
    text = documentation.text(f"{LAYERS}.{name}")
    assert text, f"Layers.{name} has no docstring"
    return text


def _limits(name: str) -> Iterator[str]:
    """What the code of layers says of a field, beside its docstring."""
    if any(name in change.fields and not change.hybrid for change in CHANGES):
        yield "Not in hybrid models."
    if name in AROUND_LAYERS:
        yield "Built by the builder of the config, and by nobody who builds from a spec of layers, as providers do."


def _parameter(each: LayerParameter) -> str:
    whose_it_is = " of the model" if each.of_model else ""
    norm = f", with {each.normalization}" if each.normalization else ""
    left_out = f", unless {code(f'{each.without}=False')}" if each.without else ""
    divided = "" if each.tensor_parallel_dim is None else ", divided over tensor-parallel ranks"
    return f"{code(each.name)} ({code(', '.join(each.shape))}){whose_it_is}{norm}{left_out}{divided}"


def _costs() -> Mapping[str, float]:
    """What `make bench` found, by field; fields that go together stand under the first of them."""
    found: Mapping[str, float] = json.loads((DOCS / "bench.json").read_text(encoding="utf-8")).get("layers", {})
    return found


def link_to(name: str) -> str:
    """A link to a field from the page of a family."""
    return link(f"../layers.html#layer-{name}", code(name))
