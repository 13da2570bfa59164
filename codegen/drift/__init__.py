"""Drift: what an upstream bump means for the mappers. Two snapshots and the table in, a report out.

- `effects`: what a change does to the mappers as they are now, before anybody regenerates them
- `guesses`: guesses what was renamed: a field that went and one that came in the same class, and are alike
- `kinds`: what kind of change a fact is, for the person who has to answer it
- `reach`: which mappers a change reaches: what the table made of each field before it
- `render`: a drift report as text: for a terminal, and as Markdown for a pull request
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from codegen import bodies
from codegen.diagnostics import Diagnostic, GenerationError
from codegen.drift.effects import Effect, effect
from codegen.drift.guesses import Rename, renames
from codegen.drift.kinds import Kind, Subject, subjects
from codegen.drift.reach import Reach, reach
from codegen.project import Table
from codegen.resolve import resolve
from codegen.schemas import HfClass, MegatronClass, Snapshot
from codegen.table import Pending
from codegen.upstream_changes import DOCUMENTATION, Fact, facts


@dataclass(frozen=True)
class Finding:
    """One thing that changed upstream, in every class where it changed alike."""

    kind: Kind
    what: str
    """ "field", "property", "class", ..."""
    name: str
    owners: tuple[str, ...]
    """The classes that have it; empty for what belongs to none."""
    detail: str
    evidence: str
    """Why a guess was made; empty where there was nothing to guess."""
    effects: Mapping[Effect, tuple[str, ...]]
    """What becomes of the mappers as they are now, family by family; empty where it reaches none."""
    asks: tuple[Diagnostic, ...]
    """What the resolver will ask about it."""


@dataclass(frozen=True, order=True)
class Cosmetic:
    """Something that decides nothing."""

    line: str
    documented: str = ""
    """Import path of a field of which upstream says something else now; empty where that is not what changed."""


@dataclass(frozen=True)
class Report:
    """What changed between two snapshots."""

    versions: tuple[tuple[str, str, str], ...]
    """Package, old version, new version; only those that differ."""
    findings: tuple[Finding, ...]
    cosmetics: tuple[Cosmetic, ...]
    """Documentation, the class that declares a field, and the like."""
    asks: tuple[Diagnostic, ...]
    """What the resolver will ask about none of the findings in particular."""
    families: int
    """How many there are, to say "all of them" by."""
    pending: int = 0
    """How many classes nobody has looked at, whatever changed."""


def report(table: Table, old: Snapshot, new: Snapshot) -> Report:
    """Compare two snapshots, and see what the table and today's mappers make of the difference."""
    found = [*bodies.diagnose(bodies.carried(old, new), table.confirmed, table.refused_classes, table.places.confirmed)]
    try:
        resolve(
            new,
            table.families,
            table.owners,
            table.refused_classes,
            table.places,
            remote_types=table.remote,
            refused_remote=table.refused_remote,
        )
    except GenerationError as error:
        found += error.diagnostics
    asks = GenerationError(found).diagnostics
    compared = compare(facts(old, new), reach(table, old), asks, (*new.hf.values(), *new.megatron.values()))
    return replace(compared, pending=sum(isinstance(row, Pending) for row in table.refused_classes))


def compare(
    found: Iterable[Fact],
    reached: Reach,
    asks: Sequence[Diagnostic],
    classes: Sequence[HfClass | MegatronClass] = (),
) -> Report:
    """The report of facts.

    Args:
        found: what differs.
        reached: what the table makes of each field before the change.
        asks: what the resolver says of the table after it.
        classes: those after it, whose documentation is to be found.
    """
    named = {kind.name: kind for kind in classes}
    left, guessed = renames(found)
    versions = [
        (fact.name, str(fact.old["version"]), str(fact.new["version"]))
        for fact in left
        if fact.what == "package" and fact.old is not None and fact.new is not None
    ]
    seen = [subject for fact in left if fact.what != "package" for subject in subjects(fact)]
    findings = _findings((*seen, *map(_renamed, guessed)), reached, asks)
    mentioned = {ask for finding in findings for ask in finding.asks}
    return Report(
        versions=tuple(sorted(versions)),
        findings=findings,
        cosmetics=tuple(sorted({_cosmetic(subject, named) for subject in seen if subject.kind is Kind.COSMETIC})),
        asks=tuple(ask for ask in asks if ask not in mentioned),
        families=len(reached.families),
    )


def _cosmetic(subject: Subject, classes: Mapping[str, HfClass | MegatronClass]) -> Cosmetic:
    if subject.fact.aspect != DOCUMENTATION or subject.owner not in classes:
        return Cosmetic(subject.line)
    return Cosmetic(subject.line, classes[subject.owner].documented(subject.name))


def _renamed(guess: Rename) -> Subject:
    fact = guess.removed
    detail = f"probably {guess.added.name} now"
    return Subject(Kind.RENAMED, fact.what, fact.owner, fact.name, detail, guess.evidence, fact, guess.added.name)


def _findings(subjects: Iterable[Subject], reached: Reach, asks: Sequence[Diagnostic]) -> tuple[Finding, ...]:
    """One finding for all classes in which the same thing happened."""
    alike: dict[tuple[Kind, str, str, str, str], list[Subject]] = {}
    for subject in subjects:
        if subject.kind is not Kind.COSMETIC:
            # Bodies have the same name in no two classes; what changed alike has the same digests.
            name = "" if subject.kind is Kind.BODY else subject.name
            key = (subject.kind, subject.what, name, subject.detail, subject.evidence)
            alike.setdefault(key, []).append(subject)
    findings: list[Finding] = []
    for (kind, what, named, detail, evidence), group in alike.items():
        name = named or min(subject.name for subject in group)
        asked = tuple(ask for ask in asks if any(ask.mentions(subject.name, subject.becomes) for subject in group))
        effects: dict[Effect, set[str]] = {}
        for subject in group:
            for family, verdicts in reached.of(subject).items():
                effects.setdefault(effect(subject, verdicts, asked=bool(asked)), set()).add(family)
        findings.append(
            Finding(
                kind,
                what,
                name,
                tuple(sorted({subject.owner for subject in group if subject.owner})),
                detail,
                evidence,
                {sort: tuple(sorted(effects[sort])) for sort in Effect if sort in effects},
                asked,
            )
        )
    order = list(Kind)
    return tuple(sorted(findings, key=lambda one: (order.index(one.kind), one.what, one.name, one.owners, one.detail)))
