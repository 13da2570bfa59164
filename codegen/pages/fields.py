"""Megatron's fields: who decides each, for which reason, and what upstream says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codegen.introspect import documentation
from codegen.layers import layers_class
from codegen.owners import Absence, Group, Owner
from codegen.pages.facts import Facts
from codegen.pages.markup import code, element, prose, raw, table
from codegen.resolve.ownership import show
from codegen.schemas import MegatronClass, MegatronField

_HEADS = ("field", "type and default", "upstream says")

_OWNERS: Mapping[Owner, str] = {
    Owner.ARCHITECTURE: "They decide what the model computes or how its parameters are shaped. They come from the "
    "Hugging Face config or are constants of the family, and are no keywords of `to_megatron`.",
    Owner.SUGGESTED: "Choices of training for which the checkpoint or the family has a good value: set by the mapper, "
    "and keywords that win over it.",
    Owner.CALLER: "The trainer's: keywords of `to_megatron`, which never sets them by itself.",
    Owner.DERIVED: "Megatron computes them, or reads them no more. Nobody passes them.",
}


def page(facts: Facts) -> str:
    """The page."""
    seen: set[str] = set()
    sections = [
        f"## {owner.value.capitalize()}\n\n{said}\n\n{_groups(owner, facts, seen)}" for owner, said in _OWNERS.items()
    ]
    return "\n".join((_INTRODUCTION, *sections, _UNDECLARED, raw(table(("field",), _undeclared(facts)))))


_INTRODUCTION = """# Megatron's fields

Every field of Megatron's configs has one owner, decided once for all families. What upstream says of a field is read
from the installed packages when these pages are built.
"""


_UNDECLARED = """## Attributes that no class declares

Megatron's model code reads these from the inner config, and none of its classes has them. They decide what the model
computes; generated classes declare them.
"""


def _undeclared(facts: Facts) -> Iterator[tuple[str, ...]]:
    targets = (mapper.target for plan in facts.plans.values() for mapper in plan.mappers)
    for name in dict.fromkeys(attribute for target in targets for attribute in target.attributes):
        yield (element("span", code(name), id=f"field-{name}"),)


def _groups(owner: Owner, facts: Facts, seen: set[str]) -> str:
    """Those of one name have one heading, each with its reason and its fields."""
    sections: dict[str, list[str]] = {}
    for group in facts.table.owners:
        if group.owner is owner:
            section = (element("p", prose(group.why)), table(_HEADS, _rows(group, facts, seen)))
            sections.setdefault(_title(owner, group), []).append(raw(*section))
    return "\n".join(f"### {title}\n\n{'\n'.join(groups)}" for title, groups in sections.items())


def _title(owner: Owner, group: Group) -> str:
    only = f", where {group.bound.field} is {group.bound.value!r}" if group.bound else ""
    return f"{owner.value.capitalize()}: {group.section}{only}"


def _rows(group: Group, facts: Facts, seen: set[str]) -> Iterator[tuple[str, ...]]:
    """A field of several groups has the address of its name in the first."""
    for entry in group.fields:
        name = entry.field if isinstance(entry, Absence) else entry
        identifier = None if name in seen else f"field-{name}"
        seen.add(name)
        cls, field = _declared(name, (*facts.snapshot.megatron.values(), layers_class()))
        documented = cls.documented(name)
        said = documentation.text(documented) if documented else ""
        yield (
            element("span", code(name), id=identifier),
            f"{code(field.type)} = {code(show(field.default))}",
            element("q", prose(said)) if said else "",
        )


def _declared(name: str, classes: Iterable[MegatronClass]) -> tuple[MegatronClass, MegatronField]:
    return next((cls, field) for cls in classes for field in cls.fields if field.name == name)
