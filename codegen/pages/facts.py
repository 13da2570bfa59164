"""What the pages are made from, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from codegen.pages import checkpoints, cures, other_tools, proven
from codegen.pages.checkpoints import Checkpoint
from codegen.pages.other_tools import OtherTools
from codegen.pages.proven import Proven
from codegen.plan import Plan
from codegen.project import GENERATED, SCHEMAS, Table, load_table, plans
from codegen.schemas import Snapshot
from codegen.snapshot import load
from mcore_mappers import Family, families


@dataclass(frozen=True)
class Facts:
    """The table, the snapshot, the registry, and what `docs/` holds."""

    table: Table
    snapshot: Snapshot
    checkpoints: Sequence[Checkpoint]
    cures: Mapping[str, tuple[str, ...]]
    """By the reason that families are refused for, all that would free them."""
    proven: Mapping[str, Proven]
    """By family, what the comparison on a CPU showed."""
    tools: OtherTools
    families: Mapping[str, Family]
    """Every family and class that is known, by name."""

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """By family, of those that map."""
        return {
            plan.family.name: plan for plan in plans(self.table, self.snapshot) if plan.family.name in self.families
        }

    @property
    def mapped(self) -> tuple[Family, ...]:
        """The families that map."""
        return tuple(family for family in self.families.values() if family.status == "mapped")

    @property
    def refused(self) -> tuple[Family, ...]:
        """The classes that are refused."""
        return tuple(family for family in self.families.values() if family.status == "refused")


def read() -> Facts:
    """Everything, as it is committed."""
    summary = proven.read("cpu")
    return Facts(
        table=load_table(),
        snapshot=load(GENERATED / SCHEMAS),
        checkpoints=checkpoints.read(),
        cures=cures.read(),
        proven=summary.families if summary is not None else {},
        tools=other_tools.read(),
        families=families(),
    )
