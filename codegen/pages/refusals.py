"""What is refused: classes by the computation that decides it, values of mapped families, types of remote code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from codegen.pages.cures import CURES, cure
from codegen.pages.facts import Facts
from codegen.pages.markup import code, element, folded, link, prose, raw, table
from mcore_mappers import Family


def page(facts: Facts) -> str:
    """The page."""
    return "\n".join(
        (
            _INTRODUCTION,
            "## Classes, by computation\n",
            *_computations(facts),
            _FIELDS,
            raw(table(("field", "what Megatron takes", "classes"), _also(facts.refused))),
            _GUARDS,
            raw(table(("field", "what maps, or why others do not", "families"), _guards(facts.mapped))),
            _DEVIATIONS,
            raw(table(("deviation", "bounded by", "what differs", "families"), _deviations(facts.mapped))),
            _REMOTE,
            raw(table(("type", "read as", "why"), _remote(facts))),
        )
    )


_INTRODUCTION = """# What is refused

A config is mapped to an equal model or refused: `UnsupportedConfigError` lists every field that stands in the way, with
its value and the reason. Here are all refusals that there are, each with what would make it go away. What a refusal
says that `layers=True` maps, [layers](layers.md) compute.
"""
_FIELDS = """## Fields of these classes that stand in the way as well

Of the classes above. What would make each go away: a config that has the value in the middle column.
"""
_GUARDS = """## Values that mapped families refuse

What would make each go away: a config that has what the middle column asks for, which is another model; or a Megatron
that can express the value.
"""
_DEVIATIONS = """## Declared deviations

Mapped with a `DeviationWarning` up to a bound; refused beyond it and with `strict=True`. What makes the refusal go
away: a value within the bound, and a call without `strict`.
"""
_REMOTE = """## Types of remote code

`load_config` runs nothing of a checkpoint. What a native class computes is read as that class; the rest is refused, and
goes away where a release of transformers brings a class for it.
"""


def _computations(facts: Facts) -> Iterator[str]:
    """A table for each thing that would make refusals go away, the reasons of most classes first."""
    classes: defaultdict[str, list[Family]] = defaultdict(list)
    for family in facts.refused:
        classes[family.refusals[0][1]].append(family)
    for word, meaning in CURES.items():
        reasons = [reason for reason in classes if cure(facts.cures[reason]) == word]
        if reasons:
            reasons.sort(key=lambda reason: -len(classes[reason]))
            rows = [
                (prose(reason), ", ".join(facts.cures[reason]), ", ".join(map(_class, classes[reason])))
                for reason in reasons
            ]
            found = table(("computation", "would be freed by", "classes, and where it stands in their code"), rows)
            yield f"### {_TITLES[word]}\n\n{meaning}\n\n{raw(found)}"


_TITLES: Mapping[str, str] = {
    "layer": "Another layer",
    "scores": "Another core of attention",
    "mixer": "Another mixer",
    "model": "Another model of Megatron",
    "text_config": "Their language model maps",
    "another model": "No decoder alone",
}


def _class(family: Family) -> str:
    where = code(_without_module(family.refusals[0][0]))
    return element("span", f"{element('b', family.name)} ({where})", id=family.name)


def _also(families: Iterable[Family]) -> Iterator[tuple[str, ...]]:
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for family in families:
        for guard in family.refusals[1:]:
            found[guard].append(family.name)
    for (field, reason), names in found.items():
        yield code(field), prose(reason), ", ".join(link(f"#{name}", name) for name in names)


def _guards(families: Sequence[Family]) -> Iterator[tuple[str, ...]]:
    holding: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for family in families:
        for guard in dict.fromkeys(family.refusals):
            holding[guard].append(family.name)
    everyone = [family.name for family in families]
    for (field, reason), names in sorted(holding.items(), key=lambda each: (-len(each[1]), each[0])):
        yield code(field), prose(reason), whose(names, everyone)


def _deviations(families: Iterable[Family]) -> Iterator[tuple[str, ...]]:
    found: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for family in families:
        for each in family.deviations:
            found[each.identifier, each.field, each.reason].append(family.name)
    for (identifier, field, reason), names in found.items():
        yield code(identifier), code(field), prose(reason), ", ".join(map(_family, names))


def _remote(facts: Facts) -> Iterator[tuple[str, ...]]:
    for row in sorted(facts.table.remote, key=lambda each: each.model_type):
        before = f", before transformers {row.native_since}" if row.native_since else ""
        name = row.native.replace("-", "_")
        read_as = _family(name) if name in facts.plans else name
        yield code(row.model_type), f"{read_as}{before}", prose(row.why)
    for name, reason in sorted(facts.table.refused_remote.items()):
        yield code(name), "refused", prose(reason)


def whose(names: Collection[str], everyone: Collection[str]) -> str:
    """Families by name, in as few words as it takes."""
    missing = [name for name in everyone if name not in names]
    if not missing:
        return "all families"
    if len(missing) < len(names):
        return f"all but {', '.join(map(_family, missing))}"
    listed = ", ".join(map(_family, names))
    return folded(f"{len(names)} families", listed) if len(names) > _MANY else listed


_MANY = 8


def _family(family: str) -> str:
    return link(f"families/{family}.html", family)


def _without_module(path: str) -> str:
    """The class or function, or the class and what it holds."""
    parts = path.split(".")
    module = next(part for part in parts if part.startswith(("modeling_", "configuration_")))
    return ".".join(parts[parts.index(module) + 1 :])
