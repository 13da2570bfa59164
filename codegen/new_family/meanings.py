"""What families say of one field: where they do not agree, its name does not show what a class means by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from codegen.new_family.evidence import houses
from codegen.new_family.fit import held
from codegen.table import Family, InDomain, Part, Row

AGREED: Final = 0.8
"""Of so many houses with a field, a row must hold to be what the field means."""
KNOWN: Final = 3
"""And of so many houses at least."""
_SHOWN: Final = 3


@dataclass(frozen=True)
class Meanings:
    """Rows about fields, in all families."""

    said: Mapping[str, Mapping[str, frozenset[str]]]
    """By field, what is said of it, each with the families that say so."""

    @staticmethod
    def of(families: Sequence[Family]) -> Meanings:
        """What families say."""
        said: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for family in families:
            for row in held(Part(family.rows, family.parts, family.replaces, family.gpt, family.hybrid)):
                if row.source and not isinstance(row, InDomain):
                    said[row.source][str(row)].add(family.name)
        return Meanings({name: {row: frozenset(found) for row, found in rows.items()} for name, rows in said.items()})

    def others(self, row: Row) -> str:
        """What else is said of the field of a row, or how few families it is known from; empty where all agree."""
        if not row.source or isinstance(row, InDomain):
            return ""
        said = self.said.get(row.source, {})
        same, everyone = said.get(str(row), frozenset[str]()), frozenset[str]().union(*said.values())
        if houses(same) >= max(KNOWN, AGREED * houses(everyone)):
            return ""
        usual = sorted(said, key=lambda each: (-houses(said[each]), each))
        other = next((each for each in usual if not said[each] <= same), "")
        instead = f"; {', '.join(sorted(said[other] - same)[:_SHOWN])} have {other}" if other else " alone"
        return f"{', '.join(sorted(same)[:_SHOWN]) or 'no family'}{instead}"
