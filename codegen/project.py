"""Where things are, and the pipeline that the commands share."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final

from codegen import bodies, functions, oldest, reasons
from codegen.diagnostics import GenerationError
from codegen.emit import emit
from codegen.emit.elsewhere import ours_in
from codegen.lines import line_of_value
from codegen.literals import Symbol
from codegen.loading import TableError, at, checked, imported, listed
from codegen.names import TEMPLATES, problem_of_package
from codegen.owners import Group, Needed, Owner, entries
from codegen.plan import PartName, Plan
from codegen.resolve import resolve
from codegen.resolve.collect import Places, file_of, tables_of
from codegen.schemas import Snapshot
from codegen.table import Confirmed, Family, Part, RefusedClass, Remote, Row, Unmapped

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"
RUNTIME = ROOT / "runtime"
PYPROJECT = ROOT / "pyproject.toml"
SCHEMAS = "schemas"
PACKAGE = functions.GENERATED
"""The project's own package."""


@dataclass(frozen=True)
class Table:
    """The hand-written rules: families, and the owners of Megatron's fields."""

    families: Sequence[Family]
    owners: Sequence[Group]
    refused_classes: Sequence[Unmapped] = ()
    """The classes that no family maps: those that are refused, and those that are pending."""
    remote: Sequence[Remote] = ()
    refused_remote: Mapping[str, str] = field(default_factory=dict[str, str])
    oldest: Mapping[str, str] = field(default_factory=lambda: oldest.OLDEST)
    """The oldest releases of upstream, by name of the distribution."""
    confirmed: Sequence[Confirmed] = ()
    """What changed upstream and was read since."""
    needs: Sequence[Needed] = ()
    """What Megatron's models need beside their configs."""
    package: str = PACKAGE
    """Name of the generated package."""
    shares_owners: bool = False
    """Whether the owners are the project's own, in a table that somebody keeps elsewhere."""
    places: Places = field(default_factory=Places)

    @property
    def config_classes(self) -> Mapping[str, str]:
        """The Hugging Face classes to introspect, and the class of each one's model, where a family names it."""
        return {family.config: family.causal_lm or family.body for family in self.families}

    @property
    def megatron_classes(self) -> tuple[str, ...]:
        """Import paths of the Megatron classes to introspect."""
        targets = [target for family in self.families for target in family.targets]
        return tuple(sorted({path for target in targets for path in (target.model_class, target.transformer_class)}))

    @property
    def computations(self) -> tuple[str, ...]:
        """Import paths of what classes are refused for, and of what others are not mapped without layers for."""
        refused = (row for row in self.refused_classes if isinstance(row, RefusedClass))
        lacking = (family.lacks.computation for family in self.families if family.lacks is not None)
        return tuple(sorted({*lacking, *(path for row in refused for path in (row.computation, row.config_class))}))

    @property
    def architecture(self) -> frozenset[str]:
        """The fields of Megatron that decide what a model computes; none where the owners are this project's alone."""
        if self.shares_owners:
            return frozenset()
        return frozenset(name for group, name, _ in entries(self.owners) if group.owner is Owner.ARCHITECTURE)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Import paths of the constants that rows name."""
        found: set[str] = set()
        for family in self.families:
            found |= {path for row in _rows(family) for path in row.symbols}
            values = [value for table in tables_of(family) for value in table.values.values()]
            found |= {value.path for value in values if isinstance(value, Symbol)}
        return tuple(sorted(found))


def _rows(holder: Family | Part) -> Iterator[Row]:
    """Every row of a family or part, for whichever target."""
    for each in holder.parts if isinstance(holder, Family) else holder.includes:
        yield from _rows(each)
    yield from (*holder.rows, *(holder.gpt or ()), *(holder.hybrid or ()))


@dataclass(frozen=True)
class Place:
    """A table, where its files are, and the folder that is generated from it."""

    table: Table
    root: Path
    """The folder to which the paths in diagnostics are relative."""
    generated: Path
    families: Path
    """The folder that holds the families."""

    @property
    def schemas(self) -> Path:
        """The folder of the snapshot."""
        return self.generated / SCHEMAS


def place(families: Path | None, out: Path | None) -> Place:
    """The project's own place, or that of a table that somebody keeps elsewhere.

    Of a table elsewhere only what is its own is generated: a module for each family, the registry by which
    `mcore_mappers` finds them, and of `typing.py` and `_tables.py` what `mcore_mappers` does not have as it is needed.

    Args:
        families: folder of a Python package that holds the table: a module for each family, and `PACKAGE`, the name of
            the package to generate; `OWNERS`, `REFUSED_CLASSES`, `REMOTE`, `REFUSED`, `CONFIRMED` and `OLDEST` where
            they are not the usual ones.
        out: the folder to generate into.

    Raises:
        TableError: the folder holds no such package, or the table has a family or a class of the project's own.
    """
    if families is None and out is None:
        return Place(load_table(), ROOT, GENERATED, ROOT / "codegen" / "families")
    if families is None or out is None:
        raise TableError("a table elsewhere needs both: --families, and --out for what is generated from it")
    folder = families.resolve()
    _check_out(out.resolve(), folder)
    package = _package(families)
    found = listed(package)
    if not found:
        raise TableError(f"{families} holds no family: no module in it defines FAMILY")
    _check_not_ours(families, found, load_table().families)
    from codegen import megatron

    owners = "OWNERS" in vars(package)
    own = Table(
        families=tuple(found.values()),
        owners=checked(package, "OWNERS", Sequence[Group], megatron.OWNERS),
        refused_classes=checked(package, "REFUSED_CLASSES", Sequence[Unmapped], ()),
        remote=checked(package, "REMOTE", Sequence[Remote], ()),
        refused_remote=checked(package, "REFUSED", Mapping[str, str], {}),
        oldest=checked(package, "OLDEST", Mapping[str, str], oldest.OLDEST),
        confirmed=checked(package, "CONFIRMED", Sequence[Confirmed], ()),
        needs=megatron.NEEDS,
        package=vars(package)["PACKAGE"],
        shares_owners=not owners,
        places=_places(found, package, package if owners else megatron, package, package, package),
    )
    return Place(own, folder.parent, out.resolve(), folder)


def _package(families: Path) -> ModuleType:
    """The package of a table, which names the one to generate."""
    folder = families.resolve()
    file = folder / "__init__.py"
    if not file.is_file():
        raise TableError(f"{families} is no Python package: it has no __init__.py")
    if not folder.name.isidentifier():
        raise TableError(f"{families} is no Python package: no module can be named {folder.name!r}")
    sys.path.insert(0, str(folder.parent))
    package = imported(folder.name, folder.parent)
    if package.__file__ is None or Path(package.__file__).resolve() != file:
        raise TableError(f"{families}: another package of this name is imported before: {package.__file__}")
    if "PACKAGE" not in vars(package):
        raise TableError(f"{families}/__init__.py defines no PACKAGE")
    name: object = vars(package)["PACKAGE"]
    problem = problem_of_package(name)
    if name == PACKAGE:
        problem = f"{PACKAGE} is this project's own package; name yours otherwise"
    if name == folder.name:
        problem = f"{name!r} is the name of the table itself"
    if problem:
        raise TableError(f"{at(file, line_of_value(file, 'PACKAGE'), folder.parent)}: PACKAGE: {problem}")
    return package


_WRITTEN: Final = ("codegen", "generated", "runtime", "templates", "tests")
"""Folders of this project's in which nothing of another table is generated."""


def _check_out(out: Path, families: Path) -> None:
    for own in (*(ROOT / name for name in _WRITTEN), families):
        if out.is_relative_to(own):
            raise TableError(f"{out} is in {own}, which holds other things; name another folder to generate into")


def _check_not_ours(folder: Path, theirs: Mapping[str, Family], ours: Sequence[Family]) -> None:
    """Neither package would know which of the two is meant."""
    names, classes = ({family.name for family in ours}, {family.config for family in ours})
    for family in theirs.values():
        if family.name in names or family.config in classes:
            raise TableError(f"{folder}: {PACKAGE} has a mapper of {family.name} ({family.config}) already")


@functools.cache
def load_table() -> Table:
    """The project's own table, read once in a process."""
    from codegen import confirmed, families, megatron, refused, remote

    found = listed(families, only_families=True)
    return Table(
        families=tuple(found.values()),
        owners=megatron.OWNERS,
        refused_classes=refused.REFUSED_CLASSES,
        remote=remote.REMOTE,
        refused_remote=refused.REFUSED,
        confirmed=confirmed.CONFIRMED,
        needs=megatron.NEEDS,
        places=_places(found, families, megatron, refused, remote, confirmed),
    )


def _places(
    families: Mapping[str, Family],
    package: ModuleType,
    owners: ModuleType,
    refused: ModuleType,
    remote: ModuleType,
    confirmed: ModuleType,
) -> Places:
    from codegen import parts

    return Places(
        parts=dict(_parts(parts)),
        families={name: file_of(f"{package.__name__}.{name}") for name in families},
        owners=owners.__name__.replace(".", "/"),
        refused=refused.__name__.replace(".", "/"),
        confirmed=confirmed.__name__.replace(".", "/"),
        remote=remote.__name__.replace(".", "/"),
    )


def _parts(package: ModuleType) -> Iterator[tuple[Part, PartName]]:
    """Every part of the project's, with its name and what its file says of it."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.ispkg:
            continue
        module = importlib.import_module(found.name)
        docs = functions.docs(found.name)
        for name, value in vars(module).items():
            # A constant that another module imports is the other's.
            if isinstance(value, Part) and name in docs:
                yield value, PartName(found.name, name.lower(), docs[name])


def plans(table: Table, snapshot: Snapshot) -> tuple[Plan, ...]:
    """The plan of every family.

    Raises:
        GenerationError: a row or a field needs a decision.
    """
    found = (
        *oldest.diagnose(table.families, table.oldest, table.places.families, snapshot),
        *bodies.diagnose(snapshot, table.confirmed, table.refused_classes, table.places.confirmed),
        *reasons.diagnose_remote(table.remote, table.places.remote),
        *reasons.diagnose_refused(table.refused_remote, table.places.refused),
    )
    try:
        resolved = resolve(
            snapshot,
            table.families,
            table.owners,
            table.refused_classes,
            table.places,
            table.remote,
            table.refused_remote,
        )
    except GenerationError as error:
        raise GenerationError((*error.diagnostics, *found)) from None
    if found:
        raise GenerationError(found)
    return resolved


def modules(table: Table, snapshot: Snapshot) -> Mapping[str, str]:
    """Source of every generated module before formatting, by its path in `generated/`."""
    ours = None if table.package == PACKAGE else ours_in(GENERATED / PACKAGE)
    found = emit(plans(table, snapshot), snapshot, table, TEMPLATES, ours)
    return {f"{table.package}/{path}": found[path] for path in sorted(found)}
