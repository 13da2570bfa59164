"""Which parts and rows a class is made of: a search in which the resolver is the judge.

It begins with what the nearest families have, less what does not fit. Then it adds, of all parts and of all rows that
need no function, those that leave less undecided, from the most alike families first. Something that contradicts what
is there takes its place. At last it follows the modeling code where that speaks against what no field shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from codegen.diagnostics import Code, Diagnostic, GenerationError
from codegen.megatron.targets import GPT, GPT_LEARNED, GPT_MLA, HYBRID, HYBRID_LEARNED, HYBRID_MLA
from codegen.new_family.evidence import NOTHING, Evidence, facts, facts_of
from codegen.new_family.fit import fits, fitting, held, with_included
from codegen.new_family.near import Near
from codegen.project import Table
from codegen.resolve import resolve
from codegen.rows.guard import Guard, Values
from codegen.schemas import HfClass, Snapshot
from codegen.table import Choice, Constant, Family, Ignored, InDomain, Part, Rename, Row, Target

SEEDS: Final = 3
"""How many of the nearest families the search begins with, each for itself."""
HYBRIDS: Final[Mapping[str, Target]] = {
    GPT.name: HYBRID,
    GPT_MLA.name: HYBRID_MLA,
    GPT_LEARNED.name: HYBRID_LEARNED,
}
"""The hybrid target of the same model, by the name of the other."""
_PLAIN: Final = (Rename, Constant, Choice, Guard, InDomain, Ignored)


@dataclass(frozen=True)
class Chosen:
    """The parts and rows of a family without its docstring, and what they leave open."""

    family: Family
    undecided: tuple[Diagnostic, ...]

    @property
    def left(self) -> float:
        """How much is to be done: a number without a domain is less than a field without a meaning."""
        return sum(0.5 if each.code is Code.NO_DOMAIN else 1.0 for each in self.undecided)

    @property
    def left_but_layers(self) -> float:
        """The same without the sentences that a layer of this project asks for, whatever else is decided."""
        return self.left - sum(each.code is Code.LAYER_UNSAID for each in self.undecided)


def choose(
    table: Table, snapshot: Snapshot, hf: HfClass, name: str, near: Sequence[Near], evidence: Evidence
) -> Chosen:
    """What leaves least undecided; of several, what comes from the most alike family.

    Args:
        table: with the owners of Megatron's fields.
        snapshot: of Megatron.
        hf: the class.
        name: of the family to be.
        near: families, the most alike first.
        evidence: what modeling code says.
    """
    search = _Search(table, replace(snapshot, hf={**snapshot.hf, hf.path: hf}, causal_lm={}), hf, near)
    found = (search.improved(search.seed(each.family, name)) for each in near[:SEEDS])
    chosen = search.by_evidence(min(found, key=lambda chosen: chosen.left), evidence)
    return replace(chosen, family=replace(chosen.family, parts=_outermost(chosen.family.parts)))


def is_plain(row: Row) -> bool:
    """Whether the row is a fact that a draft can state: it needs no function, and is not about remote code."""
    stated = isinstance(row, _PLAIN) and not row.functions and not row.remote_key
    return stated and (not isinstance(row, Guard) or isinstance(row.test, Values))


@dataclass(frozen=True)
class _Search:
    table: Table
    snapshot: Snapshot
    hf: HfClass
    near: Sequence[Near]

    def seed(self, family: Family, name: str) -> Family:
        """What of another family fits the class, under the name of the new one."""
        replaced = set(family.replaces)
        rows = tuple(row for row in family.rows if self._can_state(row) and not row.subjects & replaced)
        other = HYBRIDS.get(family.targets[0].name)
        return Family(
            config=self.hf.path,
            covers="",
            parts=_once(found for part in family.parts for found in fitting(part, self.hf)),
            targets=(family.targets[0], other) if other is not None else family.targets,
            rows=rows,
            name=name,
        )

    def _can_state(self, row: Row) -> bool:
        """Whether a row of another family can hold here. That a field is ignored cannot, if modeling code reads it."""
        read = {known.name for known in self.hf.attributes if known.read_in}
        return is_plain(row) and fits(row, self.hf) and not (isinstance(row, Ignored) and row.source in read)

    def improved(self, family: Family) -> Chosen:
        """The family with whatever leaves less undecided; without a hybrid target where its parts cannot serve one."""
        chosen = self._with_candidates(self._judged(family))
        if not any(each.code is Code.NOT_SERVED for each in chosen.undecided):
            return chosen
        alone = replace(chosen.family, targets=family.targets[:1])
        parts = tuple(part for part in alone.parts if any(held(replace(part, hybrid=()))))
        return self._with_candidates(self._judged(replace(alone, parts=parts)))

    def _with_candidates(self, chosen: Chosen) -> Chosen:
        """Only a part may settle a field by a claim: a row that another family claims for itself is no evidence."""
        left = -1.0
        while chosen.left != left:
            left = chosen.left
            for candidate in self._candidates:
                if not isinstance(candidate, Constant | Guard | Ignored) and any(
                    each.mentions(*_names(candidate)) for each in chosen.undecided
                ):
                    tried = self._judged(_with(chosen.family, candidate))
                    chosen = min(chosen, tried, key=lambda known: known.left)
        return chosen

    def by_evidence(self, chosen: Chosen, evidence: Evidence) -> Chosen:
        """The same, with what the modeling code says instead, where that leaves no more undecided."""
        for subject in evidence.subjects:
            said = facts_of(chosen.family).get(subject, NOTHING)
            instead = evidence.instead(subject, said)
            if instead is not None:
                chosen = next(self._saying(chosen, subject, instead), chosen)
        return chosen

    def _saying(self, chosen: Chosen, subject: str, said: str) -> Iterator[Chosen]:
        """What says this of a subject, and leaves no more undecided but what the models lack without layers."""
        if said == NOTHING:
            tried = [_silent(chosen.family, subject)]
        else:
            about = (each for each in self._candidates if (subject, said) in _facts(each))
            tried = [_with(chosen.family, each) for each in about]
        for family in tried:
            judged = self._with_candidates(self._judged(family))
            agrees = facts_of(judged.family).get(subject, NOTHING) == said
            if agrees and judged.left_but_layers <= chosen.left_but_layers:
                yield judged

    @cached_property
    def _candidates(self) -> tuple[Part | Row, ...]:
        """What could be added: parts first, and of those and of rows what the most alike families have."""
        parts = _once(
            part
            for each in self.near
            for known in each.family.parts
            for part in with_included(known)
            if all(fits(row, self.hf) for row in held(part))
        )
        rows = {str(row): row for each in reversed(self.near) for row in each.family.rows if self._can_state(row)}
        return (*parts, *reversed(rows.values()), *self._same_names())

    def _same_names(self) -> Iterator[Row]:
        """A field that both sides call the same."""
        paths = {path for family in self.table.families for path in (family.targets[0].transformer_class,)}
        theirs = {
            field.name
            for path in paths
            if path in self.snapshot.megatron
            for field in self.snapshot.megatron[path].fields
        }
        yield from (Rename(name, name) for name in sorted(self.hf.declared_fields & theirs))

    def _judged(self, family: Family) -> Chosen:
        try:
            resolve(self.snapshot, [family], self.table.owners, places=self.table.places)
        except GenerationError as error:
            return Chosen(family, error.diagnostics)
        return Chosen(family, ())


def _with(family: Family, candidate: Part | Row) -> Family:
    """The family with a part or row, in the place of whatever says the same."""
    rows = tuple(held(candidate)) if isinstance(candidate, Part) else (candidate,)
    said = _said(rows)
    own = tuple(row for row in family.rows if not _said((row,)) & said)
    if isinstance(candidate, Part):
        parts = _once((*(kept for part in family.parts for kept in _without(part, rows)), candidate))
        return replace(family, parts=parts, rows=own)
    there = frozenset[str]().union(*(row.subjects for part in family.parts for row in held(part)))
    replaced = candidate.subjects & there if any(_said(held(part)) & said for part in family.parts) else ()
    replaces = tuple(dict.fromkeys((*family.replaces, *sorted(replaced))))
    return replace(family, rows=(*own, candidate), replaces=replaces)


def _silent(family: Family, subject: str) -> Family:
    """The family without the parts that do nothing but say something of a subject, and without such rows."""
    parts = tuple(part for part in family.parts if not all(subject in row.subjects for row in held(part)))
    return replace(family, parts=parts, rows=tuple(row for row in family.rows if subject not in row.subjects))


def _facts(candidate: Part | Row) -> frozenset[tuple[str, str]]:
    rows = held(candidate) if isinstance(candidate, Part) else (candidate,)
    return frozenset(fact for row in rows for fact in facts(row))


def _without(part: Part, rows: Sequence[Row]) -> tuple[Part, ...]:
    """The part, if nothing in it contradicts these rows; else what it includes and does not."""
    others = [row for row in held(part) if not any(row is each for each in rows)]
    if not _said(others) & _said(rows):
        return (part,)
    return tuple(kept for each in part.includes for kept in _without(each, rows))


def _said(rows: Iterator[Row] | Sequence[Row]) -> frozenset[tuple[str, str]]:
    """What only one row of a family may say."""
    keys = (
        [("target", name) for name in row.targets] + [(type(row).__name__, name) for name in row.unique] for row in rows
    )
    return frozenset(key for found in keys for key in found)


def _names(candidate: Part | Row) -> frozenset[str]:
    """Fields of either side, and locals, that a candidate is about."""
    rows = held(candidate) if isinstance(candidate, Part) else (candidate,)
    return frozenset(name for row in rows for name in row.subjects | row.reads)


def _outermost(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, less those that others of them include."""
    inside = {found for part in parts for each in part.includes for found in with_included(each)}
    return tuple(part for part in parts if part not in inside)


def _once(parts: Iterator[Part] | Sequence[Part]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys(parts))
