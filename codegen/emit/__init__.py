"""Emit: plans in, the source of every generated file out. Nothing here knows a family.

- `family`: the module of a family
- `shared`: what families share, by part
- `fields`: what a caller may pass
- `package`: the modules that speak of all families
- `keys`: what is read of a `config.json` beside the fields of its class
- `fill`: the template engine
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from codegen.emit import shared
from codegen.emit.family import Templates, family_module
from codegen.emit.fields import fields_module
from codegen.emit.keys import keys_module
from codegen.emit.package import (
    dispatch_module,
    init_module,
    owners_module,
    refused_module,
    registry_module,
    symbols_module,
    tables_module,
    versions_module,
)
from codegen.owners import Group
from codegen.plan import Plan
from codegen.schemas import Snapshot
from codegen.table import Remote, Unmapped


def emit(
    plans: Sequence[Plan],
    snapshot: Snapshot,
    groups: Sequence[Group],
    templates: Path,
) -> Mapping[str, str]:
    """The files of the generated package that are about families, by name, before formatting."""
    known = shared.shared(plans)
    files = {
        "__init__.py": init_module(plans, _template(templates, "package.py")),
        "_dispatch.py": dispatch_module(plans, _template(templates, "dispatch.py")),
        "_fields.py": fields_module(plans, snapshot, groups),
        "_owners.py": owners_module(groups),
        "_registry.py": registry_module(plans),
        "_symbols.py": symbols_module(plans, snapshot),
        "_tables.py": tables_module(plans),
        "py.typed": "",
        **shared.modules(known),
    }
    parts = Templates(family=_template(templates, "family.py"), mapper=_template(templates, "mapper.py"))
    for plan in plans:
        files[f"{plan.family.name}.py"] = family_module(plan, known, parts)
    return files


def _template(templates: Path, name: str) -> str:
    return (templates / name).read_text(encoding="utf-8")


def emit_refused(rows: Sequence[Unmapped]) -> Mapping[str, str]:
    """The module about classes without a mapper."""
    return {"_refused.py": refused_module(rows)}


def emit_keys(
    plans: Sequence[Plan], snapshot: Snapshot, remote: Sequence[Remote], refused: Mapping[str, str]
) -> Mapping[str, str]:
    """The module about keys of a `config.json`."""
    return {"_keys.py": keys_module(plans, snapshot, remote, refused)}


def emit_versions(plans: Sequence[Plan], snapshot: Snapshot, oldest: Mapping[str, str]) -> Mapping[str, str]:
    """The module about releases of upstream."""
    return {"_versions.py": versions_module(plans, snapshot, oldest)}
