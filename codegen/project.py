"""Where things are, and the pipeline that the commands share."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codegen import functions
from codegen.diagnostics import GenerationError
from codegen.emit import emit
from codegen.emit.shared import shared_with
from codegen.plan import Plan
from codegen.resolve import resolve
from codegen.resolve.rows import collect, tables
from codegen.schemas import Snapshot
from codegen.table import Constant, Family, Group, Remote, Symbol, Unmapped
from codegen.window import Window, diagnose

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"
RUNTIME = ROOT / "runtime"
TEMPLATES = ROOT / "templates"
PYPROJECT = ROOT / "pyproject.toml"
SCHEMAS = "schemas"
PACKAGE = functions.GENERATED
"""The project's own package."""


class TableError(Exception):
    """What was given as a table is none."""


@dataclass(frozen=True)
class Table:
    """The hand-written rules: families, and the owners of Megatron's fields."""

    families: Sequence[Family]
    owners: Sequence[Group]
    unmapped: Sequence[Unmapped] = ()
    remote: Sequence[Remote] = ()
    refused_remote: Mapping[str, str] = field(default_factory=dict[str, str])
    window: Window = field(default_factory=lambda: Window({}))
    package: str = PACKAGE
    """Name of the generated package."""
    shares_owners: bool = False
    """Whether the owners are the project's own, in a table that somebody keeps elsewhere."""

    @property
    def config_classes(self) -> Mapping[str, str]:
        """The Hugging Face classes to introspect, and the class of each one's model, where a family names it."""
        return {family.config_class: family.causal_lm for family in self.families}

    @property
    def megatron_classes(self) -> tuple[str, ...]:
        """Import paths of the Megatron classes to introspect."""
        targets = [route.target for family in self.families for route in family.routes]
        return tuple(sorted({path for target in targets for path in (target.model_class, target.transformer_class)}))

    @property
    def computations(self) -> tuple[str, ...]:
        """Import paths of what classes are refused for."""
        return tuple(sorted({path for row in self.unmapped for path in (row.computation, row.config_class)}))

    @property
    def symbols(self) -> tuple[str, ...]:
        """Import paths of the constants that rows name."""
        found: set[str] = set()
        for route in (route for family in self.families for route in family.routes):
            rows = (placed.row for placed in collect(route.table)[0])
            values = [row.value for row in rows if isinstance(row, Constant)]
            values += [value for table in tables(route.table) for value in table.values.values()]
            found |= {value.path for value in values if isinstance(value, Symbol)}
        return tuple(sorted(found))


@dataclass(frozen=True)
class Place:
    """A table, where its files are, and the folder that is generated from it."""

    table: Table
    root: Path
    """The folder to which the paths in diagnostics are relative."""
    generated: Path
    families: Path
    """The folder that holds the table."""

    @property
    def schemas(self) -> Path:
        """The folder of the snapshot."""
        return self.generated / SCHEMAS


def place(families: Path | None, out: Path | None) -> Place:
    """The project's own place, or that of a table that somebody keeps elsewhere.

    Of a table elsewhere only what is its own is generated: a module for each family, the registry by which
    `mcore_mappers` finds them, and of `_fields.py` and `_tables.py` what `mcore_mappers` does not have as it is needed.

    Args:
        families: folder of a Python package that holds the table: `FAMILIES` and `PACKAGE`, the name of the package to
            generate; `OWNERS`, `UNMAPPED`, `REMOTE`, `REFUSED` and `WINDOW` where they are not the usual ones.
        out: the folder to generate into.

    Raises:
        TableError: the folder holds no such package, or the table has a family or a class of the project's own.
    """
    if families is None and out is None:
        return Place(load_table(), ROOT, GENERATED, ROOT / "codegen" / "families")
    if families is None or out is None:
        raise TableError("a table elsewhere needs both: --families, and --out for what is generated from it")
    folder = families.resolve()
    if not (folder / "__init__.py").is_file():
        raise TableError(f"{families} is no Python package: it has no __init__.py")
    sys.path.insert(0, str(folder.parent))
    module = vars(importlib.import_module(folder.name))
    missing = [name for name in ("FAMILIES", "PACKAGE") if name not in module]
    if missing:
        raise TableError(f"{families}/__init__.py defines no {' and no '.join(missing)}")
    from codegen.families import FAMILIES
    from codegen.families.owners import OWNERS
    from codegen.families.window import WINDOW

    _check_not_ours(families, module["PACKAGE"], module["FAMILIES"], FAMILIES)
    own = Table(
        families=module["FAMILIES"],
        owners=module.get("OWNERS", OWNERS),
        unmapped=module.get("UNMAPPED", ()),
        remote=module.get("REMOTE", ()),
        refused_remote=module.get("REFUSED", {}),
        window=module.get("WINDOW", Window(WINDOW.oldest)),
        package=module["PACKAGE"],
        shares_owners="OWNERS" not in module,
    )
    return Place(own, folder.parent, out.resolve(), folder)


def _check_not_ours(folder: Path, package: str, theirs: Sequence[Family], ours: Sequence[Family]) -> None:
    """Neither package would know which of the two is meant."""
    if package == PACKAGE:
        raise TableError(f"{folder}: {PACKAGE} is this project's own package; name yours otherwise")
    names, classes = ({family.name for family in ours}, {family.config_class for family in ours})
    for family in theirs:
        if family.name in names or family.config_class in classes:
            raise TableError(f"{folder}: {PACKAGE} has a mapper of {family.name} ({family.config_class}) already")


def load_table() -> Table:
    """The project's own table."""
    from codegen.families import FAMILIES
    from codegen.families.owners import OWNERS
    from codegen.families.remote import REFUSED, REMOTE
    from codegen.families.unmapped import UNMAPPED
    from codegen.families.window import WINDOW

    return Table(FAMILIES, OWNERS, UNMAPPED, REMOTE, REFUSED, WINDOW)


def plans(table: Table, snapshot: Snapshot) -> tuple[Plan, ...]:
    """The plan of every family.

    Raises:
        GenerationError: a row or a field needs a decision.
    """
    found = tuple(diagnose(table.window, table.families))
    try:
        resolved = resolve(snapshot, table.families, table.owners, table.unmapped)
    except GenerationError as error:
        raise GenerationError((*error.diagnostics, *found)) from None
    if found:
        raise GenerationError(found)
    return resolved


def modules(table: Table, snapshot: Snapshot) -> Mapping[str, str]:
    """Source of every generated module before formatting, by its path in `generated/`."""
    shared = None if table.package == PACKAGE else shared_with(GENERATED / PACKAGE)
    found = emit(plans(table, snapshot), snapshot, table, TEMPLATES, shared)
    return {f"{table.package}/{path}": found[path] for path in sorted(found)}
