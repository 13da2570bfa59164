"""What a generated package hands over, and the packages that are known.

Known are the packages that have been imported, of which each announces itself, and those that installed distributions
name in the entry points of the group `mcore_mappers.families`:

    [project.entry-points."mcore_mappers.families"]
    acme = "acme_mappers:REGISTRY"

The entry points are read when a public function first needs them. What a family's own module asks, its own package
answers, so that nothing that is installed beside it can keep a mapper from working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from .at_caller import skip, warn
from .errors import TableConflictError, TableWarning
from .records import Family, Fields, Older, OlderRope, Otherwise, Remote, Unmapped

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "mcore_mappers.families"
"""The group of entry points by which other packages make their families known."""

LAYOUT = 7
"""Version of `Registry`. A package that was generated for another one cannot be read."""

_PROJECT = "mcore_mappers"
"""The package that comes first where two know something of the same."""


Deciding = Literal["architecture", "suggested"]
"""Who decides a field that a mapper gives: the Hugging Face config, or training, for which that has a good value."""

Group = tuple[Deciding, str, tuple[str, ...]]
"""Fields, after who decides them and what they decide."""

_UNDECLARED = "Megatron's models read it from the inner config, if it is there."
"""Of attributes that decide the model and that no class of Megatron declares."""


@dataclass(frozen=True)
class Owners:
    """Who decides which Megatron field."""

    groups: tuple[Group, ...]
    """Fields that a mapper decides or suggests, with what they decide, in the order of the table."""
    bound: tuple[tuple[str, object, str, tuple[str, ...]], ...]
    """Fields that are architecture in models in which another field has a value, after that field and value."""
    attributes: frozenset[str]
    """What Megatron's models read from the inner config, and no class of Megatron declares."""
    restated: frozenset[str]
    """Architecture fields that a caller may pass too, in another form of the same value."""
    derived: frozenset[str]
    """Fields that Megatron computes from others."""

    @cached_property
    def architecture(self) -> frozenset[str]:
        """Fields and attributes that decide what the model computes: they follow from the Hugging Face config."""
        fields = (name for owner, _, names in self.groups if owner == "architecture" for name in names)
        return frozenset(fields) | self.attributes

    def of(self, values: Mapping[str, object]) -> Mapping[str, tuple[Deciding, str]]:
        """Who decides each field of a model that is not the caller's or derived, and what it decides.

        A field that both of Megatron's classes declare is in two groups, of which one speaks of a class that this model
        need not have.

        Args:
            values: the fields of the model.
        """
        found, fit = dict[str, tuple[Deciding, str]](), set[str]()
        bound: list[Group] = [
            ("architecture", why, names) for field, value, why, names in self.bound if values.get(field) == value
        ]
        undeclared: Group = ("architecture", _UNDECLARED, tuple(sorted(self.attributes)))
        for owner, reason, names in (*bound, *self.groups, undeclared):
            fits = values.keys() >= set(names)
            for name in names:
                if name not in found or (fits and name not in fit):
                    found[name] = (found[name][0] if name in found else owner, reason)
            fit |= set(names) if fits else set()
        return found

    @cached_property
    def decided(self) -> frozenset[str]:
        """Fields that follow from the Hugging Face config or from other fields, and that nobody passes."""
        return (self.architecture - self.restated) | self.derived

    @cached_property
    def sometimes(self) -> frozenset[str]:
        """Fields that follow from the Hugging Face config where a family's own fields do not have them."""
        return frozenset(name for *_, names in self.bound for name in names)


@dataclass(frozen=True)
class Keys:
    """What stands in a `config.json` beside the fields of its class."""

    read: Mapping[str, frozenset[str]]
    """By the path of a config class, what its modeling code or its mapper reads undeclared."""
    unread: Mapping[str, Mapping[str, str]]
    """Lists of keys that nobody reads and that decide nothing, each key with the reason."""
    lists: Mapping[str, tuple[str, ...]]
    """By the path of a config class, the lists that hold for it."""
    restated: Mapping[str, Mapping[str, str]]
    """By the path of a config class, keys that are a field under another name, and that field."""
    remote: Mapping[str, tuple[Remote, ...]]
    """By model type, how remote code is read as a native class: as the first that computes the same."""
    refused: Mapping[str, str]
    """By model type, why remote code is not read."""
    older_ropes: Mapping[str, OlderRope]
    """By the path of a config class, how transformers 4.57 reads its rope, where not as that of others."""
    older_types: Mapping[str, Mapping[str, str]]
    """By the path of a config class, the types of layers that 4.57 knows under another name, and that name."""
    older_fixed: Mapping[str, Mapping[str, bool]]
    """By the path of a config class, the fields that 4.57 sets, whatever a file says, and to what."""

    def known(self, path: str) -> frozenset[str] | None:
        """What files of a config class may have beside its fields; None where it is not known."""
        read = self.read.get(path)
        return None if read is None else read.union(*(self.unread[name] for name in self.lists.get(path, ())))


@dataclass(frozen=True)
class Symbols:
    """Import paths of the objects that stand in dumped configs by name; loading imports nothing else."""

    classes: frozenset[str]
    """Config classes, outer and inner."""
    enums: frozenset[str]
    """Enumerations whose members are field values."""
    functions: frozenset[str]
    """Functions that are field values of some mapped model."""


@dataclass(frozen=True)
class Releases:
    """The releases of upstream for which mappers are right, by name of the distribution."""

    newest: Mapping[str, str]
    """The releases that the mappers were generated for, and the newest for which they are right."""
    oldest: Mapping[str, str]
    """The oldest releases for which they are right."""
    narrower: Mapping[str, Mapping[str, str]]
    """The oldest releases for families whose classes were not there before."""


@dataclass(frozen=True, eq=False)
class Registry:
    """Everything that a generated package knows but its mappers."""

    package: str
    """Import name; the mapper of each family is a module of it."""
    layout: int
    """The `LAYOUT` for which it was generated."""
    families: Mapping[str, Family]
    refused: Mapping[str, Unmapped]
    fields: Fields
    owners: Owners
    keys: Keys
    symbols: Symbols
    releases: Releases
    older: tuple[tuple[Older | Otherwise, frozenset[str]], ...]
    """What classes were in older releases of transformers, each with the families of which it holds."""


@dataclass(frozen=True, eq=False)
class Known:
    """Several registries as one. Where two say something of the same key, the first does."""

    registries: tuple[Registry, ...]

    def named(self, name: str) -> Registry | None:
        """The registry with a mapped family of this name.

        Raises:
            TableConflictError: several have one.
        """
        return self._only(name, [each for each in self.registries if name in each.families])

    def of_class(self, path: str) -> tuple[Registry, Family] | None:
        """The family that maps exactly the class of this import path, and its registry.

        Raises:
            TableConflictError: several map it.
        """
        found = self._classes.get(path, {})
        registry = self._only(path, list(found))
        return None if registry is None else (registry, found[registry])

    def _only(self, what: str, found: list[Registry]) -> Registry | None:
        if len(found) > 1:
            raise TableConflictError(what, tuple(each.package for each in found))
        return found[0] if found else None

    @cached_property
    def _classes(self) -> Mapping[str, Mapping[Registry, Family]]:
        found: dict[str, dict[Registry, Family]] = {}
        for registry in self.registries:
            for family in registry.families.values():
                found.setdefault(family.config_class, {})[registry] = family
        return found

    @cached_property
    def families(self) -> Mapping[str, tuple[Registry, Family]]:
        """Every mapped family by name, with its registry."""
        return _merged(
            {name: (registry, family) for name, family in registry.families.items()} for registry in self.registries
        )

    @cached_property
    def refused(self) -> Mapping[str, Unmapped]:
        """Every class without a mapper by name, of those that no other package maps."""
        rows = _merged(registry.refused for registry in self.registries)
        return {
            name: row
            for name, row in rows.items()
            if name not in self.families and row.config_class not in self._classes
        }

    @cached_property
    def keys(self) -> Keys:
        """The keys of all."""
        keys = [registry.keys for registry in self.registries]
        return Keys(
            read=_merged(each.read for each in keys),
            unread=_united(each.unread for each in keys),
            lists=_merged(each.lists for each in keys),
            restated=_merged(each.restated for each in keys),
            remote=_merged(each.remote for each in keys),
            refused=_merged(each.refused for each in keys),
            older_ropes=_merged(each.older_ropes for each in keys),
            older_types=_merged(each.older_types for each in keys),
            older_fixed=_merged(each.older_fixed for each in keys),
        )

    @cached_property
    def decided(self) -> frozenset[str]:
        """Megatron fields and attributes that some mapper decides."""
        groups = (group for registry in self.registries for group in registry.owners.groups)
        return frozenset(name for _, _, names in groups for name in names)

    @cached_property
    def symbols(self) -> Symbols:
        """The closed lists of all, together."""
        symbols = [registry.symbols for registry in self.registries]
        return Symbols(
            classes=frozenset[str]().union(*(each.classes for each in symbols)),
            enums=frozenset[str]().union(*(each.enums for each in symbols)),
            functions=frozenset[str]().union(*(each.functions for each in symbols)),
        )


def _united(mappings: Iterable[Mapping[str, Mapping[str, str]]]) -> Mapping[str, Mapping[str, str]]:
    """All entries of each name."""
    found: dict[str, dict[str, str]] = {}
    for mapping in mappings:
        for name, entries in mapping.items():
            found[name] = {**entries, **found.get(name, {})}
    return found


def _merged[Value](mappings: Iterable[Mapping[str, Value]]) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    for mapping in mappings:
        found = {**mapping, **found}
    return found


_announced: dict[str, Callable[[], Registry]] = {}
"""By the name of a package that has been imported, what gives its registry."""


def announce(package: str, file: str, registry: Callable[[], Registry]) -> None:
    """Make a generated package known; its `__init__` does.

    Args:
        package: its import name.
        file: that of its `__init__`. Warnings point outside its folder.
        registry: gives its registry, when somebody asks.
    """
    skip(file)
    _announced[package] = registry
    registry_of.cache_clear()
    known.cache_clear()


@cache
def registry_of(family: str) -> Registry:
    """The registry of the package that a family's module is in. It has been imported, if the module asks.

    Raises:
        ImportError: it was generated for another version of the runtime.
    """
    found = next(each for each in imported() if family in each.families)
    if found.layout != LAYOUT:
        raise ImportError(_other_layout(found))
    return found


@cache
def known() -> Known:
    """All registries, those of other packages after the project's own.

    Warns:
        TableWarning: an entry point gives no registry that can be read, or two packages map the same.
    """
    # What they bring is imported, so that most of it is announced too.
    brought = plugins()
    everything = {each.package: each for each in (*imported(), *brought) if each.layout == LAYOUT}
    registries = tuple(everything.values())
    for one, other in combinations(registries, 2):
        _warn_of_conflicts(one, other)
    return Known(registries)


def imported() -> tuple[Registry, ...]:
    """The registries of the packages that have been imported, the project's own first."""
    return tuple(_announced[name]() for name in sorted(_announced, key=lambda name: name != _PROJECT))


@cache
def plugins() -> tuple[Registry, ...]:
    """What the entry points give; one that gives nothing is left out with a warning, whatever is wrong with it."""
    from importlib import metadata  # which takes longer to import than the rest of the package

    return tuple(found for entry in metadata.entry_points(group=GROUP) if (found := _read(entry)) is not None)


def _read(entry: EntryPoint) -> Registry | None:
    subject = f"the entry point {entry.name} = {entry.value!r} of {GROUP} brings no families"
    try:
        found: object = entry.load()
    except Exception as error:  # other people's code
        warn(TableWarning(f"{subject}: {type(error).__name__}: {error}"))
        return None
    if not isinstance(found, Registry):
        warn(TableWarning(f"{subject}: it is no Registry, but a {type(found).__qualname__}"))
        return None
    if found.layout != LAYOUT:
        warn(TableWarning(f"{subject}: {_other_layout(found)}"))
        return None
    return found


def _other_layout(registry: Registry) -> str:
    made = f"{registry.package} was generated for layout {registry.layout} of a registry"
    return f"{made}, and this version of mcore-mappers reads {LAYOUT}: generate it again"


def _warn_of_conflicts(one: Registry, other: Registry) -> None:
    names = one.families.keys() & other.families.keys()
    paths = {each.config_class for each in one.families.values()} & {
        each.config_class for each in other.families.values()
    }
    if names or paths:
        both = ", ".join(sorted(names | paths))
        told = f"{one.package} and {other.package} both map {both}: call a mapper of either package by its own module"
        warn(TableWarning(told))
