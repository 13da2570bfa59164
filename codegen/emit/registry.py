"""`_registry.py`: what a generated package hands over to the runtime.

A package of many families has a module for each subject of its registry; one of a few has all of them in one module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packaging.version import Version

from codegen.emit.sections import Section, entries, frozen, listed, module_of
from codegen.functions import GENERATED, RUNTIME, Import
from codegen.literals import literal
from codegen.oldest import older_rows
from codegen.owners import Group, Owner, Target
from codegen.plan import Plan
from codegen.rows.older import Cure, Older, Otherwise, Place
from codegen.schemas import Snapshot
from codegen.text import literal_text, quoted

LAYOUT = 7
"""The version of the runtime's `Registry` that is written here."""

YARN_CLASS = f"{GENERATED}.layers.YarnTransformerConfig"
"""The inner class that declares what a target's attributes are read from."""

_REGISTRY = f"{RUNTIME}registry"
_DOC = "What the package knows of its families, and hands over."


def registry_modules(package: str, sections: Sequence[Section], *, apart: bool) -> Mapping[str, str]:
    """Source of the modules that make up a registry, by file name, before formatting.

    Args:
        package: import name of the generated package.
        sections: one for each field of `Registry`; one without source is imported.
        apart: whether each has a module of its own.
    """
    subjects = "".join(f"{section.name.lower()}={section.name},\n" for section in sections)
    assembled = Section(
        name="REGISTRY",
        module="_registry",
        doc=_DOC,
        source=f"REGISTRY = Registry(package={literal_text(package)}, layout={LAYOUT},\n{subjects})",
        imports=(Import(_REGISTRY, "Registry"),),
    )
    own = [section for section in sections if section.source]
    borrowed = [known for section in sections if not section.source for known in section.imports]
    if not apart:
        return {"_registry.py": module_of(_DOC, [*own, assembled], borrowed)}
    return {
        **{f"{section.module}.py": module_of(section.doc, [section]) for section in own},
        "_registry.py": module_of(_DOC, [assembled], [*borrowed, *(section.imported for section in own)]),
    }


def owners_section(plans: Sequence[Plan], groups: Sequence[Group]) -> Section:
    """Who decides which of Megatron's fields, and what those decide that are not the caller's."""
    stated = listed(
        f"({literal_text(group.owner.value)}, {quoted(group.why)}, {_names(group)})\n"
        for group in groups
        if group.owner in (Owner.ARCHITECTURE, Owner.SUGGESTED) and group.bound is None
    )
    bound = listed(
        f"({literal_text(group.bound.field)}, {literal(group.bound.value)}, {quoted(group.why)}, {_names(group)})\n"
        for group in groups
        if group.bound is not None
    )
    derived = {name for group in groups if group.owner is Owner.DERIVED for name in _fields(group)}
    targets = _targets(plans)
    return Section(
        name="OWNERS",
        module="_owners",
        doc="Megatron fields that are not the caller's, with what they decide, in the order of the table.",
        source=(
            f"OWNERS = Owners(groups={stated}, bound={bound}, "
            f"attributes={frozen({name for target in targets for name in target.attributes})}, "
            f"restated={frozen({name for target in targets for name in target.restated})}, "
            f"derived={frozen(derived)})"
        ),
        imports=(Import(_REGISTRY, "Owners"),),
    )


def _fields(group: Group) -> tuple[str, ...]:
    return tuple(entry if isinstance(entry, str) else entry.field for entry in group.fields)


def _names(group: Group) -> str:
    return listed(map(literal_text, _fields(group)))


def symbols_section(plans: Sequence[Plan], snapshot: Snapshot) -> Section:
    """The closed list of what a dumped config may name."""
    classes = {path for target in _targets(plans) for path in _target_classes(target)}
    types = " ".join(field.type for cls in snapshot.megatron.values() for field in cls.fields)
    enums = set(re.findall(r"\b[\w.]+\.enums\.\w+", types))
    return Section(
        name="SYMBOLS",
        module="_symbols",
        doc="Import paths of the objects that stand in dumped configs by name; loading imports nothing else.",
        source=(
            f"SYMBOLS = Symbols(classes={frozen(classes)}, enums={frozen(enums)}, "
            f"functions={frozen(snapshot.symbols)})"
        ),
        imports=(Import(_REGISTRY, "Symbols"),),
    )


def _targets(plans: Sequence[Plan]) -> tuple[Target, ...]:
    return tuple({mapper.target.name: mapper.target for plan in plans for mapper in plan.mappers}.values())


def _target_classes(target: Target) -> tuple[str, ...]:
    return (
        target.model_class,
        f"{GENERATED}.layers.{target.layered_name}",
        target.transformer_class,
        *((YARN_CLASS,) if target.attributes else ()),
    )


def releases_section(plans: Sequence[Plan], snapshot: Snapshot, oldest: Mapping[str, str]) -> Section:
    """The one place that names the releases of upstream for which the mappers are right."""
    since = {plan.family.name: plan.family.since for plan in plans}
    narrower = {name: {each.package: each.oldest} for name, each in since.items() if each is not None}
    return Section(
        name="RELEASES",
        module="_releases",
        doc="The releases of upstream for which the mappers are right.",
        source=(
            f"RELEASES = Releases(newest={_versions(snapshot.versions)}, oldest={_versions(oldest)}, "
            f"narrower={entries((name, _versions(own)) for name, own in sorted(narrower.items()))})"
        ),
        imports=(Import(_REGISTRY, "Releases"),),
    )


def older_section(plans: Sequence[Plan]) -> Section:
    """What classes were in older releases of transformers: every row once, with the families of which it holds."""
    held: dict[Older | Otherwise, list[str]] = {}
    for plan in plans:
        for row in older_rows(plan.family):
            held.setdefault(row, []).append(plan.family.name)
    rows = sorted(held, key=lambda row: (row.field, Version(row.since), held[row]))
    source = listed(f"({_older(row)}, {frozen(held[row])})\n" for row in rows)
    names = {type(each).__name__ for row in rows for each in (row, _said(row)) if each is not None} | {
        "Older",
        "Otherwise",
    }
    return Section(
        name="OLDER",
        module="_older",
        doc="What config classes were in older releases of transformers: spelt otherwise, or something else.",
        source=f"OLDER: tuple[tuple[Older | Otherwise, frozenset[str]], ...] = {source}",
        imports=tuple(Import(f"{RUNTIME}records", name) for name in sorted(names)),
    )


def _said(row: Older | Otherwise) -> Place | Cure | None:
    return row.place if isinstance(row, Older) else row.cure


def _older(row: Older | Otherwise) -> str:
    start = f"{type(row).__name__}({literal_text(row.field)}, {literal_text(row.since)}"
    if isinstance(row, Older):
        return f"{start}, {row.place!r})"
    cure = f", cure={row.cure!r}" if row.cure is not None else ""
    unless = f", unless={row.unless!r}" if row.unless else ""
    return f"{start}, {quoted(row.why)}{cure}{unless})"


def _versions(versions: Mapping[str, str]) -> str:
    return entries((name, literal_text(version)) for name, version in sorted(versions.items()))
