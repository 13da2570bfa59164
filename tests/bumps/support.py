"""Snapshots of other releases, the table as it would have been for them, and what is generated from both."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import cast

from codegen import project
from codegen.bodies import as_first_seen, of_package
from codegen.diagnostics import GenerationError
from codegen.emit import emit
from codegen.plan import Plan
from codegen.project import Table
from codegen.recordings import recorded
from codegen.resolve import resolve
from codegen.resolve.collect import collect
from codegen.schemas import Snapshot
from codegen.snapshot import load
from codegen.table import Absence, Family, Group, Ignored, Owner, Part, Pending, RefusedClass

TABLE = project.load_table()


@cache
def at(transformers: str = "", megatron: str = "") -> Snapshot:
    """The committed snapshot, with a side as it was in a recorded release."""
    committed = load(project.GENERATED / "schemas")
    if not transformers and not megatron:
        return committed
    snapshot = as_first_seen(committed)
    if transformers:
        old = recorded("transformers", transformers)
        versions = {**snapshot.versions, **old.versions}
        bodies = {**old.bodies, **of_package(snapshot, "megatron")}
        # What the project describes itself is no release's, and as it is now.
        hf = {**old.hf, **{path: kind for path, kind in snapshot.hf.items() if not path.startswith("transformers.")}}
        snapshot = replace(
            old, versions=versions, hf=hf, megatron=snapshot.megatron, symbols=snapshot.symbols, bodies=bodies
        )
    if megatron:
        old = recorded("megatron-core", megatron)
        # What the release had not, or had elsewhere, stays as it is: the replay is of the classes that it had.
        versions = {**snapshot.versions, **old.versions}
        bodies = {**old.bodies, **of_package(snapshot, "transformers")}
        snapshot = replace(snapshot, versions=versions, megatron={**snapshot.megatron, **old.megatron}, bodies=bodies)
    return snapshot


def of_the_time(snapshot: Snapshot) -> Table:
    """The table without what speaks of fields that came later, and with the defaults that there were."""
    families = [_family(family, snapshot) for family in TABLE.families if family.config in snapshot.hf]
    owners = (*(_group(group, snapshot) for group in TABLE.owners), *_gone_since(snapshot))
    return replace(TABLE, families=families, owners=owners)


def _family(family: Family, snapshot: Snapshot) -> Family:
    """What is ignored of a later class need not be ignored of an earlier one, and since when it holds is asked here."""
    hf = snapshot.hf[family.config]
    if not hf.causal_lm:
        # What the project describes itself is of no release.
        return family
    names = {known.name for known in hf.attributes}
    rows = [placed.row for target in family.targets for placed in collect(family, target, TABLE.places)[0]]
    gone = {row.field for row in rows if isinstance(row, Ignored) and row.field not in names}
    whole = Part(family.rows, family.parts, family.replaces, family.gpt, family.hybrid, family.tables)
    return replace(
        family, parts=(whole,), rows=(), replaces=tuple(sorted(gone)), gpt=(), hybrid=(), tables=(), since=None
    )


def _group(group: Group, snapshot: Snapshot) -> Group:
    fields = {cls.name: {field.name: field.default for field in cls.fields} for cls in snapshot.megatron.values()}
    held = [fields[name] for name in group.classes if name in fields]
    if not held:
        return group

    def then(entry: str | Absence) -> str | Absence:
        if isinstance(entry, str) or not all(entry.field in names for names in held):
            return entry
        default = held[0][entry.field]
        plain = default is None or isinstance(default, bool | int | float | str)
        return replace(entry, absent=cast("str", default)) if plain and not _decided(entry) else entry

    kept = [
        then(entry)
        for entry in group.fields
        if all((entry if isinstance(entry, str) else entry.field) in names for names in held)
    ]
    return replace(group, fields=tuple(kept))


def _decided(entry: Absence) -> bool:
    return not (entry.absent is None or isinstance(entry.absent, bool | int | float | str))


def _gone_since(snapshot: Snapshot) -> Iterator[Group]:
    """An owner for the fields that were there then and are no more; what a class inherits is its base's."""
    now = {cls.name: {field.name for field in cls.fields} for cls in at().megatron.values()}
    gone = {cls.name: {field.name for field in cls.fields} - now[cls.name] for cls in snapshot.megatron.values()}
    for cls in snapshot.megatron.values():
        own = gone[cls.name].difference(*(gone.get(base, set()) for base in cls.bases))
        if own:
            yield Group("gone since", (cls.name,), Owner.CALLER, "It is no more.", tuple(sorted(own)))


@dataclass(frozen=True)
class Release:
    """What today's table makes of another release."""

    snapshot: Snapshot
    """Less the causal language models of the families that do not fit, which nobody could have mapped then."""
    table: Table
    """With what fits."""
    fit: Mapping[str, Plan]
    """The families that need no decision there."""
    unfit: Mapping[str, tuple[str, ...]]
    """Diagnostics of the others."""
    left_out: frozenset[str]
    """Config classes of those that are there all the same, and of what is pending today."""
    _made: dict[frozenset[str], Mapping[str, str]] = field(default_factory=dict[frozenset[str], Mapping[str, str]])

    def modules(self, names: Collection[str]) -> Mapping[str, str]:
        """The generated package with these families alone; made once for the same ones."""
        wanted = frozenset(names)
        if wanted not in self._made:
            plans = [self.fit[name] for name in sorted(wanted)]
            table = replace(self.table, families=[plan.family for plan in plans], refused_classes=())
            files = emit(plans, replace(self.snapshot, causal_lm={}), table, project.TEMPLATES)
            self._made[wanted] = {f"{table.package}/{path}": text for path, text in files.items()}
        return self._made[wanted]


@cache
def release(transformers: str = "", megatron: str = "") -> Release:
    """A recorded release, or the committed one, under the table as it would have been for it."""
    snapshot = at(transformers, megatron)
    table = of_the_time(snapshot)
    fit: dict[str, Plan] = {}
    unfit: dict[str, tuple[str, ...]] = {
        family.name: ("there is no such class",) for family in TABLE.families if family.config not in snapshot.hf
    }
    alone = replace(snapshot, causal_lm={})
    for family in table.families:
        try:
            (fit[family.name],) = resolve(alone, [family], table.owners, places=table.places)
        except GenerationError as error:
            unfit[family.name] = tuple(map(str, error.diagnostics))
    pending = {row.config_class for row in table.refused_classes if isinstance(row, Pending)}
    left_out = frozenset(family.config for family in table.families if family.name in unfit)
    left_out |= pending & {*snapshot.causal_lm.values()}
    known = {name: path for name, path in snapshot.causal_lm.items() if path not in left_out}
    rows = [
        row
        for row in table.refused_classes
        if isinstance(row, RefusedClass) and {row.config_class, row.computation} <= set(snapshot.computations)
    ]
    families = [plan.family for plan in fit.values()]
    narrowed = replace(
        table, families=families, refused_classes=rows, remote=(), refused_remote={}, oldest={}, confirmed=()
    )
    return Release(replace(snapshot, causal_lm=known), narrowed, fit, unfit, left_out)


def code(text: str) -> str:
    """A module without its comments."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """The lines in which modules of both differ; modules that differ in the same lines are named together."""
    alike: dict[str, list[str]] = {}
    for path in sorted(old.keys() & new.keys()):
        counted = Counter("\n".join(hunk) for hunk in hunks(old[path], new[path]))
        changed = "\n".join(f"{hunk}{f'  ({count} times)' * (count > 1)}" for hunk, count in counted.items())
        if changed:
            alike.setdefault(changed, []).append(path.rpartition("/")[2])
    return "".join(f"=== {', '.join(paths)}\n{changed}\n" for changed, paths in alike.items())


def hunks(old: str, new: str) -> Sequence[Sequence[str]]:
    """Runs of removed and added lines; a list that stands in one line counts by entries."""
    return _hunks(old, new) if old != new else ()


@cache
def _hunks(old: str, new: str) -> Sequence[Sequence[str]]:
    found: list[list[str]] = [[]]
    for line in difflib.unified_diff(_lines(old), _lines(new), lineterm="", n=0):
        if line.startswith(("---", "+++", "@@")):
            found.append([])
        else:
            found[-1].append(line)
    return [hunk for hunk in found if hunk]


def _lines(text: str) -> Sequence[str]:
    return re.sub(r"(?<=['\"]), (?=['\"])", ",\n    ", text).splitlines()
