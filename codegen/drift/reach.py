"""Which mappers a change reaches: what the table made of each field before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.drift.kinds import Subject
from codegen.owners import Target
from codegen.plan import Side, Verdict
from codegen.project import Table
from codegen.resolve import huggingface, megatron
from codegen.resolve.collect import collect
from codegen.resolve.megatron import Fields, decisions, fields_of
from codegen.rows.interface import Context
from codegen.schemas import Snapshot
from codegen.upstream_changes import BODY

Verdicts = tuple[Verdict, ...]
"""What the targets of one family make of one field; empty where no row and no owner is about it."""


@dataclass(frozen=True)
class Reach:
    """The families of each class, and the verdicts of each family."""

    families: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    """Families by the bare name of a class of either side that they read or write."""
    symbols: Mapping[str, tuple[str, ...]]
    """Families by the import path of a constant that they name."""
    verdicts: Mapping[tuple[str, str, str], Verdicts]
    """By family, bare class name and field."""

    def of(self, subject: Subject) -> Mapping[str, Verdicts]:
        """The families that a change reaches, and what each makes of the field."""
        if subject.what == "symbol":
            return dict.fromkeys(self.symbols.get(subject.name, ()), ())
        if subject.what == BODY and not subject.owner:
            # What a class is refused for reaches no mapper, what models share reaches all.
            shared = not subject.name.startswith("transformers.models.")
            return dict.fromkeys(self.families if shared else (), ())
        return {
            family: self.verdicts.get((family, subject.owner, subject.name), ())
            for family in self.classes.get(subject.owner, ())
        }


def reach(table: Table, snapshot: Snapshot) -> Reach:
    """Look up every verdict; rows that do not fit the snapshot are left to the resolver's diagnostics."""
    classes: dict[str, set[str]] = {}
    symbols: dict[str, set[str]] = {}
    verdicts: dict[tuple[str, str, str], list[Verdict]] = {}
    fields: dict[Target, Fields] = {}
    for family in table.families:
        for target in family.targets:
            named = _classes(family.config, target)
            for path in named:
                classes.setdefault(path.rpartition(".")[2], set()).add(family.name)
            rows, _ = collect(family, target, table.places)
            for placed in rows:
                for path in placed.row.symbols:
                    symbols.setdefault(path, set()).add(family.name)
            if not all(path in snapshot.hf or path in snapshot.megatron for path in named):
                continue
            hf = snapshot.hf[family.config]
            if target not in fields:
                fields[target] = fields_of(target, snapshot, table.owners, table.places.owners)
            context = Context(hf, fields[target].owners, target)
            decided = decisions(rows, context.owners)
            ours = megatron.verdicts(rows, decided, context, fields[target].left)
            for verdict in (*huggingface.verdicts(rows, hf), *ours):
                holders = (hf.name,) if verdict.side is Side.HUGGINGFACE else tuple(map(_bare, named[1:]))
                for holder in holders:
                    verdicts.setdefault((family.name, holder, verdict.field), []).append(verdict)
    return Reach(
        families=tuple(family.name for family in table.families),
        classes={name: tuple(sorted(found)) for name, found in classes.items()},
        symbols={name: tuple(sorted(found)) for name, found in symbols.items()},
        verdicts={key: tuple(found) for key, found in verdicts.items()},
    )


def _classes(config_class: str, target: Target) -> tuple[str, ...]:
    """The config class first, then the two of Megatron."""
    return (config_class, target.model_class, target.transformer_class)


def _bare(path: str) -> str:
    return path.rpartition(".")[2]
