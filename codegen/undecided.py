"""Which causal language models of transformers have no verdict yet."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.project import Table
from codegen.schemas import Snapshot
from codegen.table import RefusedClass


def undecided(table: Table, snapshot: Snapshot) -> Mapping[str, str]:
    """The types that no family maps and no row refuses, each with its config class; what is pending is one of them.

    A table without rows that refuse is about its own classes alone, and leaves nothing undecided.
    """
    decided = {family.config for family in table.families}
    decided |= {row.config_class for row in table.refused_classes if isinstance(row, RefusedClass)}
    if not table.refused_classes:
        return {}
    return {model_type: path for model_type, path in snapshot.causal_lm.items() if path not in decided}
