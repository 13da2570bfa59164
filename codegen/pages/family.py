"""The page of a family: its mapping, drawn; what it refuses, needs and proves."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.pages.drawing import Cards, drawing
from codegen.pages.facts import Facts
from codegen.pages.layers import link_to
from codegen.pages.mapping import mappings
from codegen.pages.markup import code, element, link, prose, raw, table
from mcore_mappers import Family


def index(facts: Facts) -> str:
    """The page that lists the families."""
    rows = [
        (
            link(f"{family.name}.html", code(family.name)),
            code(_bare(family.config_class)),
            prose(family.covers),
            ", ".join(code(_bare(target)) for target in family.targets),
        )
        for family in facts.mapped
    ]
    names = "\n".join(family.name for family in facts.mapped)
    return f"""# Families

{len(facts.mapped)} config classes map, those of transformers and the few that this project describes. Each has a page
that draws what becomes of every field of both sides, from the plan that its mapper is generated from. Those that do not
map are in [what is refused](../refusals.md).

{raw(table(("family", "class", "for", "maps to"), rows))}
```{{toctree}}
:hidden:

{names}
```
"""


def page(family: Family, facts: Facts) -> str:
    """The page of a family that maps."""
    cards = Cards()
    main, *others = mappings(facts.plans[family.name], facts.snapshot)
    sections = [
        f"# {family.name}\n\n{raw(_summary(family, facts))}",
        f"## The mapping\n\n{raw(drawing(main, cards))}",
        *(f"### As a {other.outer}\n\n{raw(drawing(other, cards, 'other-'))}" for other in others),
        f"## In Python\n\n```python\n{example(family)}```\n",
        *_refusals(family),
        *_deviations(family),
        f"## What its models need\n\n{raw(_needs(family))}",
        *_checkpoints(family, facts),
        f"## Every field\n\n{raw(cards.text())}",
    ]
    return "---\nhide-toc: true\n---\n\n" + "\n".join(sections)


def example(family: Family) -> str:
    """How its mapper is called. Tests run it with a config of the family at `path/to/checkpoint`."""
    module, _, cls = family.config_class.rpartition(".")
    asked = ", layers=True" if family.lacks else ""
    return f"""\
import mcore_mappers as m
from {"transformers" if module.startswith("transformers.") else module} import {cls}

hf = m.text_config(m.load_config("path/to/checkpoint"))
assert isinstance(hf, {cls})
cfg = m.{family.name}.to_megatron(hf{asked}, bf16=True)
print(cfg.get_builder_cls().__name__, cfg.transformer.num_layers)
"""


def _summary(family: Family, facts: Facts) -> str:
    proven = facts.proven.get(family.name)
    tools = facts.tools.mapping(facts.plans[family.name].hf.model_type)
    releases = (f"{package} {oldest} to {newest}" for package, (oldest, newest) in family.versions.items())
    said = {
        "for": prose(family.covers),
        "class": code(family.config_class),
        "maps to": ", ".join(map(code, family.targets)),
        **({"layers": _layers(family)} if family.layers else {}),
        "right for": ", ".join(releases),
        "proof": link("../proofs.html", f"{proven.cases} cases within {proven.within}") if proven else "none",
        "other tools": ", ".join(tools) or "none of those looked at",
        "rules": code(f"codegen/families/{family.name}.py"),
    }
    return element(
        "dl", *(element("div", element("dt", k), element("dd", v)) for k, v in said.items()), class_="summary"
    )


def _layers(family: Family) -> str:
    """Which of its models need layers, and the fields of these."""
    which = "all models" if family.lacks else "some models"
    return f"{which}, with {link('../layers.html', code('layers=True'))}: {', '.join(map(link_to, family.layers))}"


def _refusals(family: Family) -> Iterator[str]:
    rows = [(code(field), prose(reason)) for field, reason in dict.fromkeys(family.refusals)]
    yield f"""## What it refuses

A config with another value is an `UnsupportedConfigError` that names the field. Each is refused as long as Megatron
cannot express it; a config that says what the right column asks for maps.

{raw(table(("field", "what maps, or why others do not"), rows))}"""


LIFTED = "; not so with `layers=True`"
"""Of deviations, where layers compute what differs."""


def _deviations(family: Family) -> Iterator[str]:
    if family.deviations:
        rows = [
            (code(each.identifier), code(each.field), prose(f"{each.reason}{LIFTED if each.layers else ''}"))
            for each in family.deviations
        ]
        yield f"""## Declared deviations

Mapped with a `DeviationWarning` up to a bound; refused beyond it, and with `strict=True`.

{raw(table(("deviation", "bounded by", "what differs"), rows))}"""


def _needs(family: Family) -> str:
    return table(
        ("what", "when", "why"), [(code(need.what), prose(need.when), prose(need.reason)) for need in family.needs]
    )


def _checkpoints(family: Family, facts: Facts) -> Iterator[str]:
    rows = [
        (prose(row.checkpoints), code(row.model_type), row.outcome, prose(row.reason))
        for row in facts.checkpoints
        if row.family == family.name
    ]
    if rows:
        yield f"## Published checkpoints\n\n{raw(table(('checkpoints', 'model_type', 'outcome', 'why'), rows))}"


def _bare(path: str) -> str:
    return path.rpartition(".")[2]
