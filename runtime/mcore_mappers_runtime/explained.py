"""What becomes of each field of either side, and why: for people, who ask. No mapper reads it.

A generated package says it in a module of its own, `_explained`, which is imported when somebody asks. It has what
stands nowhere else in the package: which fields decide which, what is ignored, what Megatron derives. Refusals,
deviations and owners are the registry's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Literal, cast

from .records import Family
from .registry import Registry, known

Side = Literal["Hugging Face", "Megatron"]


@dataclass(frozen=True)
class Decided:
    """What one row of the table decides."""

    fields: tuple[str, ...]
    """Megatron fields; none where a value is bound that other rows take."""
    reads: tuple[str, ...] = ()
    """Hugging Face fields."""
    why: str = ""
    """Empty where the names of the fields say it all."""
    takes: tuple[str, ...] = ()
    """Values that other rows bind, or what is passed for other Megatron fields."""
    binds: str = ""
    """The name of a value that other rows take."""
    only: str = ""
    """The Megatron config of which it holds, where a family has several and it does not hold of all."""

    @property
    def names(self) -> frozenset[str]:
        """What a family names that has something else instead."""
        return frozenset({*self.fields, *((self.binds,) if self.binds else ())})


@dataclass(frozen=True)
class Rules:
    """The rows of a part, or those of a family's own."""

    decided: tuple[Decided, ...] = ()
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By the reason, Hugging Face fields that decide nothing."""


@dataclass(frozen=True)
class OfFamily:
    """The rows of a family."""

    parts: tuple[str, ...]
    own: Rules
    replaced: frozenset[str] = frozenset()
    """Names of rows of these parts that do not hold of the family."""


@dataclass(frozen=True)
class Explained:
    """What `_explained` of a generated package holds."""

    parts: Mapping[str, Rules]
    """By name, the rows that families share."""
    families: Mapping[str, OfFamily]
    derived: tuple[tuple[str, tuple[str, ...]], ...]
    """Megatron fields that Megatron computes, each group after its reason."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of one field."""

    side: Side
    field: str
    verdict: str
    """"used", "must be", "deviation" or "ignored"; of a Megatron field who decides it: "architecture", "suggested",
    "caller" or "derived"."""
    reason: str
    """Empty where the names of the fields on both sides say it all."""
    others: tuple[str, ...] = ()
    """Fields of the other side: what a Hugging Face field decides, and what a Megatron field is decided by."""


class Explanation:
    """One family, and one of its targets."""

    def __init__(self, registry: Registry, family: Family, target: str, values: Mapping[str, object]) -> None:
        explained = explained_by(registry.package)
        self._registry, self._family, self._derived, self._values = registry, family, explained.derived, values
        of_family = explained.families[family.name]
        parts = [explained.parts[name] for name in of_family.parts]
        shared = (row for part in parts for row in part.decided if not row.names & of_family.replaced)
        self._rows = tuple(row for row in (*of_family.own.decided, *shared) if row.only in ("", target))
        self._ignored = {
            name: why
            for rules in (*parts, of_family.own)
            for why, names in rules.ignored.items()
            for name in names
            if rules is of_family.own or name not in of_family.replaced
        }

    @cached_property
    def decided(self) -> tuple[str, ...]:
        """The Megatron fields that the mapper passes."""
        return tuple(dict.fromkeys(name for row in self._rows for name in row.fields))

    @cached_property
    def huggingface_fields(self) -> tuple[str, ...]:
        """The Hugging Face fields of which anything is known, those first that decide something."""
        guards = [*self._refusals, *(name for each in self._family.deviations for name in (each.field, *each.others))]
        return tuple(dict.fromkeys((*self._targets, *self._bound_by, *guards, *self._ignored, *self._unread)))

    def huggingface(self, name: str) -> Verdict | None:
        """What becomes of a Hugging Face field; None of one that nobody knows."""
        reasons = "; ".join(self._refusals.get(name, ()))
        if name in self._targets or name in self._bound_by:
            return Verdict("Hugging Face", name, "used", reasons, self._targets.get(name, ()))
        deviation = next((each for each in self._family.deviations if name in (each.field, *each.others)), None)
        if deviation is not None:
            return Verdict("Hugging Face", name, "deviation", deviation.reason)
        if reasons:
            return Verdict("Hugging Face", name, "must be", reasons)
        why = self._ignored.get(name) or self._unread.get(name)
        return None if why is None else Verdict("Hugging Face", name, "ignored", why)

    def megatron(self, name: str, default: object = None) -> Verdict | None:
        """What becomes of a Megatron field; None of one that is the caller's, or that there is not.

        Args:
            name: of the field.
            default: Megatron's own value, which it has where nobody decides it.
        """
        owner, why = self._owners.get(name, ("", ""))
        row = self._deciding.get(name)
        if row is not None:
            return Verdict("Megatron", name, owner, row.why or why, self.sources(name))
        if owner == "architecture":
            why = f"left at {default!r}: {why}"
        return Verdict("Megatron", name, owner, why) if owner else None

    def sources(self, name: str) -> tuple[str, ...]:
        """The Hugging Face fields that decide a Megatron field."""
        row = self._deciding.get(name)
        return () if row is None else tuple(dict.fromkeys(self._read_by(row, frozenset({name}))))

    def _read_by(self, row: Decided, seen: frozenset[str]) -> Iterator[str]:
        yield from row.reads
        for name in row.takes:
            other = self._bound.get(name) or self._deciding.get(name)
            if other is not None and name not in seen:
                yield from self._read_by(other, seen | {name})
            elif other is None and name in self._bound_by:
                # A value that is bound under the name of the field that it is read from; others are the caller's.
                yield name

    @cached_property
    def _deciding(self) -> Mapping[str, Decided]:
        """The row that decides a Megatron field: a family's own before one of its parts."""
        return {name: row for row in reversed(self._rows) for name in row.fields}

    @cached_property
    def _bound(self) -> Mapping[str, Decided]:
        return {row.binds: row for row in reversed(self._rows) if row.binds}

    @cached_property
    def _bound_by(self) -> frozenset[str]:
        """Hugging Face fields that values are read from, whether or not a Megatron field follows."""
        return frozenset(name for row in self._rows for name in row.reads)

    @cached_property
    def _targets(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name in self.decided:
            for source in self.sources(name):
                found.setdefault(source, []).append(name)
        return {source: tuple(names) for source, names in found.items()}

    @cached_property
    def _refusals(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped(self._family.refusals)

    @cached_property
    def _unread(self) -> Mapping[str, str]:
        keys = self._registry.keys
        lists = keys.lists.get(self._family.config_class, ())
        return {name: f"unread: {why}" for each in lists for name, why in keys.unread[each].items()}

    @cached_property
    def _owners(self) -> Mapping[str, tuple[str, str]]:
        """Who decides a Megatron field, and what it decides."""
        derived = {name: ("derived", why) for why, names in self._derived for name in names}
        return {**derived, **self._registry.owners.of(self._values)}


def explained_by(package: str) -> Explained:
    """What a generated package says of its fields."""
    return cast("Explained", import_module(f"{package}._explained").EXPLAINED)


def explanation(family: str, target: str, values: Mapping[str, object]) -> Explanation:
    """All that is known of the fields of a family.

    Args:
        family: name of a mapped one.
        target: name of the class of its Megatron config.
        values: the fields of that config, of which some decide who decides others; empty where there is none.
    """
    registry, record = known().families[family]
    return Explanation(registry, record, target, values)


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, why in pairs:
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), why)))
    return found
