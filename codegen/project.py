"""Where things are, and the pipeline that the commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codegen.emit import emit, emit_keys, emit_refused
from codegen.plan import Plan
from codegen.resolve import resolve
from codegen.resolve.rows import collect, tables
from codegen.schemas import Snapshot
from codegen.table import Constant, Family, Group, Remote, Symbol, Unmapped

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"
TEMPLATES = ROOT / "templates"
PYPROJECT = ROOT / "pyproject.toml"


@dataclass(frozen=True)
class Table:
    """The hand-written rules: families, and the owners of Megatron's fields."""

    families: Sequence[Family]
    owners: Sequence[Group]
    unmapped: Sequence[Unmapped] = ()
    remote: Sequence[Remote] = ()
    refused_remote: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def config_classes(self) -> tuple[str, ...]:
        """Import paths of the Hugging Face classes to introspect."""
        return tuple(sorted({family.config_class for family in self.families}))

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


def load_table() -> Table:
    """The project's own table."""
    from codegen.families import FAMILIES
    from codegen.families.owners import OWNERS
    from codegen.families.remote import REFUSED, REMOTE
    from codegen.families.unmapped import UNMAPPED

    return Table(FAMILIES, OWNERS, UNMAPPED, REMOTE, REFUSED)


def plans(table: Table, snapshot: Snapshot) -> tuple[Plan, ...]:
    """The plan of every family.

    Raises:
        GenerationError: a row or a field needs a decision.
    """
    return resolve(snapshot, table.families, table.owners, table.unmapped)


def modules(table: Table, snapshot: Snapshot) -> Mapping[str, str]:
    """Source of every generated module before formatting, by its path in `generated/`."""
    resolved = plans(table, snapshot)
    found = {
        **emit(resolved, snapshot, table.owners, TEMPLATES),
        **emit_refused(table.unmapped),
        **emit_keys(resolved, snapshot, table.remote, table.refused_remote),
    }
    return {path: found[path] for path in sorted(found)}
