"""The checklist of a bump: what a person has to decide, with what there is to decide it by, as Markdown.

What upstream says of a field is not written there, as in every report; a pull request can be made of it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from codegen.diagnostics import Code, Diagnostic, nothing
from codegen.drift import Report
from codegen.drift.guesses import renames
from codegen.drift.render import sections, summary, title
from codegen.new_family import Draft, DraftError, draft
from codegen.new_family.near import Lines
from codegen.project import Table
from codegen.releases import Seen
from codegen.schemas import REQUIRED, HfClass, Json, Snapshot
from codegen.undecided import undecided
from codegen.upstream_changes import Fact, facts

_NEAR: Final = 3
"""How many families are named that a class is like."""
_SHOWN: Final = 8
"""How many things are shown of one kind; the rest is counted."""


@dataclass(frozen=True)
class Candidate:
    """A causal language model without a verdict."""

    model_type: str
    config: str
    """Import path of the config class."""
    hf: HfClass | None
    """None where it cannot be introspected."""
    draft: Draft | None
    """What `new` would write; None where it could not."""
    since: str
    """The release that it came with; empty where it was there before."""
    remote: str
    """The family as which files of remote code with this type are read; empty where they are not."""
    shares: Sequence[str] = ()
    """Families with the same model class."""
    beside: Sequence[str] = ()
    """Fields that the class of the most alike family does not have."""
    lacks: Sequence[str] = ()
    """Fields that only that one has."""


@dataclass(frozen=True)
class WindowRow:
    """What may have to be said of releases that are older than this one, if the field decides something."""

    row: str
    """As it would stand in `older`."""
    families: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class Checklist:
    """What a bump found."""

    found: Report
    asks: Sequence[Diagnostic]
    """What the resolver asks."""
    candidates: Sequence[Candidate]
    rows: Sequence[WindowRow]
    classes: frozenset[str]
    """The names of all classes in the snapshot."""
    commit: str
    """The command that commits what was written."""

    @property
    def equal(self) -> str:
        """How much of upstream is as it was: classes of which nothing that decides anything changed."""
        changed = {owner for finding in self.found.findings for owner in finding.owners}
        return f"{len(self.classes - changed)} of {len(self.classes)} classes have no changed field"

    @property
    def _others(self) -> Sequence[Diagnostic]:
        """What the resolver asks beside the verdict of a class."""
        return [ask for ask in self.asks if ask.code is not Code.NO_FAMILY]

    def summary(self) -> str:
        """What a terminal shows; the next step comes last."""
        lines = [title(self.found), summary(self.found), f"{self.equal}."]
        if self.candidates:
            lines.append(f"without a verdict: {', '.join(each.model_type for each in self.candidates)}")
        if self._others:
            lines.append(
                f"the resolver asks {len(self._others)} times; the modules are as they were until it is answered"
            )
        return "\n".join([*lines, "", f"next: {self.commit}", "then: what bump.md lists", ""])

    def text(self) -> str:
        """The file."""
        lines = [f"# {title(self.found)}", "", summary(self.found), f"{self.equal}.", "", *self._steps()]
        for heading, body in (
            ("Classes without a verdict", [line for each in self.candidates for line in _candidate(each)]),
            ("What the resolver asks", [f"- [ ] {ask.told(nothing)}" for ask in self._others]),
            ("Rows of older releases, where a field decides something", [_row(row) for row in self.rows]),
        ):
            if body:
                lines += ["", f"## {heading}", "", *body]
        return "\n".join([*lines, *sections(self.found, nothing)]) + "\n"

    def _steps(self) -> Iterator[str]:
        yield f"- [ ] Commit what upstream changed, and nothing else: `{self.commit}`"
        if self.candidates:
            yield "- [ ] Give each class below a verdict: a family, or a row in `codegen/refused/`"
        if self._others:
            yield "- [ ] Answer what else the resolver asks, below, with rows in `codegen/`"
        if self.asks:
            yield "- [ ] `make regen` until it is quiet"
        yield "- [ ] Read the diff of `generated/mcore_mappers/`: it must hold only what the bump explains"
        yield "- [ ] `make parity`, `make matrix`, `make test`; commit all that they wrote with the rules"


def candidates(table: Table, before: Snapshot, seen: Seen, lines: Lines) -> Sequence[Candidate]:
    """The classes without a verdict, each with the draft that there would be of it.

    Args:
        table: with the families to learn from.
        before: the snapshot that was committed.
        seen: the releases that are bumped to.
        lines: the modeling code of a class.
    """
    known = frozenset(before.causal_lm.values())
    release = seen.snapshot.versions["transformers"]
    read_as = {row.model_type: row.native for row in table.remote}
    found: list[Candidate] = []
    for model_type, config in undecided(table, seen.snapshot).items():
        hf = seen.undecided.get(config)
        since = "" if config in known else release
        made = _draft(table, seen.snapshot, hf, lines)
        bare = Candidate(model_type, config, hf, made, since, read_as.get(model_type, ""))
        found.append(bare if hf is None or made is None else _compared(bare, hf, made, table, seen.snapshot))
    return found


def _compared(bare: Candidate, hf: HfClass, made: Draft, table: Table, snapshot: Snapshot) -> Candidate:
    """The candidate beside the families of the table."""
    classes = {family.name: snapshot.hf[family.config] for family in table.families if family.config in snapshot.hf}
    own, other = hf.declared_fields, classes[made.near[0].family.name].declared_fields
    shares = sorted(name for name, kind in classes.items() if kind.causal_lm == hf.causal_lm)
    return replace(bare, shares=shares, beside=sorted(own - other), lacks=sorted(other - own))


def _draft(table: Table, snapshot: Snapshot, hf: HfClass | None, lines: Lines) -> Draft | None:
    try:
        return None if hf is None else draft(table, snapshot, hf, lines)
    except DraftError:
        return None


def window_rows(table: Table, before: Snapshot, after: Snapshot) -> Sequence[WindowRow]:
    """What older releases had instead of each field of a mapped class that is new, as far as a snapshot shows it."""
    release = after.versions["transformers"]
    families = {family.config_name: family.name for family in table.families}
    left, guessed = renames(facts(before, after))
    found: dict[tuple[str, str], list[str]] = {}
    for guess in guessed:
        place = f"Attribute({guess.removed.name!r}, {_default(guess.removed.old)})"
        row = f'Older({guess.added.name!r}, "{release}", {place}, "It was called {guess.removed.name}.")'
        found.setdefault((row, guess.evidence), []).append(guess.added.owner)
    for fact in left:
        if _is_new_field(fact):
            row = f'Older({fact.name!r}, "{release}", Always({_default(fact.new)}), "There was no such field.")'
            found.setdefault((row, ""), []).append(fact.owner)
    rows = (
        WindowRow(row, tuple(sorted(families[owner] for owner in owners if owner in families)), evidence)
        for (row, evidence), owners in found.items()
    )
    return sorted((row for row in rows if row.families), key=lambda row: row.row)


def _is_new_field(fact: Fact) -> bool:
    return fact.what == "field" and fact.old is None and bool((fact.new or {}).get("is declared"))


def _default(aspects: Mapping[str, Json] | None) -> str:
    default = (aspects or {}).get("default")
    return "None" if default == REQUIRED else repr(default)


def class_names(snapshot: Snapshot) -> frozenset[str]:
    """The names of all classes of a snapshot."""
    return frozenset(path.rpartition(".")[2] for path in (*snapshot.hf, *snapshot.megatron))


def _candidate(each: Candidate) -> Iterator[str]:
    command = f".venv/bin/python -m codegen new {each.model_type}"
    yield f"- [ ] **{each.model_type}**: `{command}`, or a row in `codegen/refused/`"
    yield f"  - config class `{each.config}`" + (f", model class `{each.hf.causal_lm}`" if each.hf else "")
    if each.since:
        yield f'  - a family of it has `since=Since("{each.since}", "There was no such class.")`'
    if each.draft is None or each.hf is None:
        yield "  - it cannot be introspected, or not be drafted: `new` says why"
        return
    if each.shares:
        yield f"  - its model class is the one of {', '.join(each.shares)}"
    if each.remote:
        yield f"  - without the class, files of it are read as {each.remote}: `codegen/remote.py`"
    near = each.draft.near[:_NEAR]
    yield f"  - most alike: {'; '.join(f'{one.family.name} {one.why}' for one in near)}"
    if each.beside:
        yield f"  - fields that {near[0].family.name} does not have: {_some([f'`{name}`' for name in each.beside])}"
    if each.lacks:
        yield f"  - fields that only {near[0].family.name} has: {_some([f'`{name}`' for name in each.lacks])}"
    left, claims = each.draft.notes.undecided, each.draft.notes.claims
    yield f"  - a draft of parts leaves {len(left)} fields to decide, and {len(claims)} claims to confirm"
    yield from (f"    - {line}" for line in _shortened(left))


def _row(row: WindowRow) -> str:
    evidence = f" ({row.evidence})" if row.evidence else ""
    return f"- [ ] {', '.join(row.families)}: `{row.row}`{evidence}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(_shortened(names))


def _shortened(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_SHOWN]
    if len(names) > _SHOWN:
        yield f"and {len(names) - _SHOWN} more"
