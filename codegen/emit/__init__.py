"""Emit: plans in, the source of every generated file out. Nothing here knows a family.

- `family`: the module of one family
- `shared`: what families share, by part
- `fields`: what a caller may pass
- `families`: what a registry says of families: of those that are mapped, and of classes that are refused whole
- `declared`: the types that fields of config classes declare
- `keys`: the keys of a `config.json`, and types of remote code
- `way_back`: what is read back from a Megatron config
- `stand_in`: what a class must be told to stand in for a newer one
- `registry`: the rest of a registry, and the modules that it stands in
- `explained`: which fields decide which, and why, for people who ask
- `package`: the package itself, dispatch, tables of values
- `elsewhere`: what a package that is generated elsewhere need not have itself
- `sections`: pieces of a registry
- `fill`: fills templates
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.diagnostics import SourceError
from codegen.emit import shared
from codegen.emit.declared import declared_section
from codegen.emit.elsewhere import FIELDS, TABLES, Ours, definitions
from codegen.emit.explained import EXPLAINED, explained_module
from codegen.emit.families import families_section, refused_section
from codegen.emit.family import Templates, family_module
from codegen.emit.fields import fields_module
from codegen.emit.keys import keys_section
from codegen.emit.package import (
    COMMAND,
    CPU,
    LAYERS,
    LAZY,
    dispatch_module,
    init_module,
    tables_module,
    tables_of,
)
from codegen.emit.registry import (
    older_section,
    owners_section,
    registry_modules,
    releases_section,
    symbols_section,
)
from codegen.emit.sections import Section
from codegen.functions import GENERATED, Import
from codegen.plan import Plan
from codegen.schemas import Snapshot

if TYPE_CHECKING:
    from codegen.project import Table


def emit(
    plans: Sequence[Plan], snapshot: Snapshot, table: Table, templates: Path, ours: Ours | None = None
) -> Mapping[str, str]:
    """The files of the generated package by name, before formatting.

    Args:
        plans: one for each mapper.
        snapshot: what upstream looks like.
        table: the rules of which the plans are the outcome.
        templates: the folder of the templates.
        ours: what the project's own package has, where another package is generated.

    Raises:
        SourceError: a name or a text of the table gives no Python.
    """
    # A package elsewhere has family modules alone, so that each says all of its own.
    known = shared.shared(plans) if ours is None else shared.Shared()
    files = {"py.typed": "", **(shared.modules(known) if ours is None else {})}
    if ours is None:
        files["__init__.py"] = init_module(plans, _template(templates, "package.py"), LAZY)
        files["__main__.py"] = COMMAND
        files["cpu.py"] = CPU
        files["layers.py"] = LAYERS
        files["_dispatch.py"] = dispatch_module(plans, _template(templates, "dispatch.py"))
    else:
        files["__init__.py"] = init_module(plans, _template(templates, "elsewhere.py"))
    fields = fields_module(plans, snapshot, table.owners, any_fields=ours is None)
    own_fields = ours is None or not table.shares_owners or not ours.has(FIELDS, fields)
    tables = {
        name: values
        for name, values in tables_of(plans).items()
        if ours is None or not ours.has(TABLES, tables_module({name: values}))
    }
    if own_fields:
        files[f"{FIELDS}.py"] = fields
    if tables or ours is None:
        files[f"{TABLES}.py"] = tables_module(tables)
    own = {Import(f".{FIELDS}", name) for name in definitions(fields) if own_fields}
    own |= {Import(f".{TABLES}", name) for name in tables}

    def placed(wanted: Import) -> Import:
        if ours is None or wanted in own or wanted.module not in (f".{FIELDS}", f".{TABLES}"):
            return wanted
        return Import(f"{GENERATED}{wanted.module}", wanted.name)

    owners = owners_section(plans, table.owners)
    sections = (
        families_section(plans, table.needs),
        refused_section(table.refused_classes),
        declared_section(plans),
        owners if own_fields else _borrowed(owners),
        keys_section(plans, snapshot, table.remote, table.refused_remote),
        symbols_section(plans, snapshot),
        releases_section(plans, snapshot, table.oldest),
        older_section(plans),
    )
    files |= registry_modules(table.package, sections, apart=ours is None)
    files[f"{EXPLAINED}.py"] = explained_module(plans, table.owners)
    parts = Templates(family=_template(templates, "family.py"), mapper=_template(templates, "mapper.py"))
    for plan in plans:
        try:
            files[f"{plan.family.name}.py"] = family_module(plan, known, parts, placed)
        except SyntaxError as error:
            line = (error.text or "").strip()
            raise SourceError(f"{plan.file}: what its rules give is no Python: {error.msg}: {line}") from None
    return files


def _borrowed(section: Section) -> Section:
    """The section as the project's own package has it."""
    return replace(section, source="", imports=(Import(f"{GENERATED}.{section.module}", section.name),))


def _template(templates: Path, name: str) -> str:
    return (templates / name).read_text(encoding="utf-8")
