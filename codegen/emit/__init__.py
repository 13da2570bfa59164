"""Emit: plans in, the source of every generated file out. Nothing here knows a family.

- `family`: the module of one family
- `fields`: what a caller may pass
- `families`, `keys`: what a registry says of families, and of keys of a `config.json`
- `registry`: the rest of a registry, and the modules that it stands in
- `package`: the package itself, dispatch, tables of values
- `shared`: what a package that is generated elsewhere need not have itself
- `sections`, `text`: pieces of source
- `fill`: fills templates
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.emit.families import families_section, refused_section
from codegen.emit.family import Templates, family_module
from codegen.emit.fields import fields_module
from codegen.emit.keys import keys_section
from codegen.emit.package import LAZY, dispatch_module, init_module, tables_module, tables_of
from codegen.emit.registry import owners_section, registry_modules, symbols_section, window_section
from codegen.emit.sections import Section
from codegen.emit.shared import FIELDS, TABLES, Shared, definitions
from codegen.functions import GENERATED, Import
from codegen.plan import Plan
from codegen.schemas import Snapshot

if TYPE_CHECKING:
    from codegen.project import Table


def emit(
    plans: Sequence[Plan], snapshot: Snapshot, table: Table, templates: Path, shared: Shared | None = None
) -> Mapping[str, str]:
    """The files of the generated package by name, before formatting.

    Args:
        plans: one for each mapper.
        snapshot: what upstream looks like.
        table: the rules of which the plans are the outcome.
        templates: the folder of the templates.
        shared: what the project's own package has, where another package is generated.
    """
    files = {"py.typed": ""}
    if shared is None:
        files["__init__.py"] = init_module(plans, _template(templates, "package.py"), LAZY)
        files["_dispatch.py"] = dispatch_module(plans, _template(templates, "dispatch.py"))
    else:
        files["__init__.py"] = init_module(plans, _template(templates, "elsewhere.py"))
    fields = fields_module(plans, snapshot, table.owners, any_fields=shared is None)
    own_fields = shared is None or not table.shares_owners or not shared.has(FIELDS, fields)
    tables = {
        name: values
        for name, values in tables_of(plans).items()
        if shared is None or not shared.has(TABLES, tables_module({name: values}))
    }
    if own_fields:
        files[f"{FIELDS}.py"] = fields
    if tables or shared is None:
        files[f"{TABLES}.py"] = tables_module(tables)
    own = {Import(f".{FIELDS}", name) for name in definitions(fields) if own_fields}
    own |= {Import(f".{TABLES}", name) for name in tables}

    def placed(known: Import) -> Import:
        if shared is None or known in own or known.module not in (f".{FIELDS}", f".{TABLES}"):
            return known
        return Import(f"{GENERATED}{known.module}", known.name)

    owners = owners_section(plans, table.owners)
    sections = (
        families_section(plans),
        refused_section(table.unmapped),
        owners if own_fields else _borrowed(owners),
        keys_section(plans, snapshot, table.remote, table.refused_remote),
        symbols_section(plans, snapshot),
        window_section(snapshot, table.window),
    )
    files |= registry_modules(table.package, sections, apart=shared is None)
    parts = Templates(family=_template(templates, "family.py"), mapper=_template(templates, "mapper.py"))
    for name, routes in groupby(plans, lambda plan: plan.family.name):
        files[f"{name}.py"] = family_module(tuple(routes), parts, placed)
    return files


def _borrowed(section: Section) -> Section:
    """The section as the project's own package has it."""
    return replace(section, source="", imports=(Import(f"{GENERATED}.{section.module}", section.name),))


def _template(templates: Path, name: str) -> str:
    return (templates / name).read_text(encoding="utf-8")
