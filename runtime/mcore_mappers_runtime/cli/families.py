"""`mcore-mappers families`: which families there are, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer

from ..catalog import families as catalog
from ..near import hint
from ..records import Family
from .output import AsJson, CommandError, Table, as_json, tables


def _names(incomplete: str) -> list[str]:
    return [name for name in catalog() if name.startswith(incomplete)]


def families(
    name: Annotated[str | None, typer.Argument(help="One family.", autocompletion=_names)] = None,
    json: AsJson = False,
) -> None:
    """Which families there are, or what is known of one: targets, releases, needs, deviations, refusals."""
    found = catalog()
    if name is not None and name not in found:
        raise CommandError(f"there is no family {name!r}{hint(name, found)}")
    if json:
        as_json(data(found[name]) if name is not None else {"families": [data(each) for each in found.values()]})
    elif name is not None:
        _show(found[name])
    else:
        rows = [(each.name, each.status, ", ".join(_targets(each)), _said(each)) for each in found.values()]
        tables([Table(("family", "status", "targets", "covers"), rows)])


def data(family: Family) -> Mapping[str, object]:
    """A family as JSON has it."""
    return {
        "name": family.name,
        "status": family.status,
        "config_class": family.config_class,
        "architectures": list(family.architectures),
        "covers": family.covers,
        "targets": list(family.targets),
        "versions": {package: list(ends) for package, ends in family.versions.items()},
        "needs": [{"what": each.what, "when": each.when, "reason": each.reason} for each in family.needs],
        "deviations": [
            {"identifier": each.identifier, "field": each.field, "reason": each.reason} for each in family.deviations
        ],
        "layers": list(family.layers),
        "lacks": family.lacks,
        "parameters": [asdict(each) for each in family.parameters],
        "refusals": [{"field": field, "reason": reason} for field, reason in family.refusals],
    }


def _targets(family: Family) -> tuple[str, ...]:
    return tuple(path.rpartition(".")[2] for path in family.targets)


def _said(family: Family) -> str:
    """What it is for; of one without a mapper, why."""
    return family.covers or (family.refusals[0][1] if family.refusals else "")


def _show(family: Family) -> None:
    facts = [
        ("class", family.config_class),
        ("status", family.status),
        ("covers", family.covers),
        ("targets", ", ".join(_targets(family))),
        *((package, f"{oldest} to {newest}") for package, (oldest, newest) in family.versions.items()),
    ]
    rows = [(name, text) for name, text in facts if text]
    groups = [
        ("needs", [str(each) for each in family.needs]),
        ("deviates", [f"{each.identifier} ({each.field}): {each.reason}" for each in family.deviations]),
        ("layers", [*family.layers]),
        ("parameters", [f"{each.name} from {each.source}" for each in family.parameters]),
        ("refuses", [f"{field}: {reason}" for field, reason in family.refusals]),
    ]
    rows += [(name if not place else "", text) for name, texts in groups for place, text in enumerate(texts)]
    tables([Table((family.name,), rows)])
