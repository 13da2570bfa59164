"""What a change does to the mappers as they are now, before anybody regenerates them."""

from __future__ import annotations

from enum import Enum

from codegen import upstream_changes
from codegen.drift.kinds import Kind, Subject
from codegen.plan import Side, Verdict
from codegen.schemas import Json
from codegen.table import Owner
from codegen.types import atoms, missing
from codegen.upstream_changes import Aspects


class Effect(Enum):
    """What today's mappers do when they meet the new upstream, the worst first."""

    BREAKS = "break"
    SILENT = "may change meaning silently"
    UNNOTICED = "do not notice"


def effect(subject: Subject, verdicts: tuple[Verdict, ...], *, asked: bool) -> Effect:
    """The effect on one family.

    Args:
        subject: the change.
        verdicts: what the family makes of the field; empty for a field that it does not know.
        asked: the resolver asks something about it.
    """
    match subject.what:
        case "class":
            return Effect.UNNOTICED if subject.kind is Kind.ADDED else Effect.BREAKS
        case "symbol":
            return Effect.BREAKS
        case upstream_changes.BODY:
            return Effect.SILENT
        case _:
            pass
    item = subject.fact.new if subject.fact.old is None else subject.fact.old
    # Megatron's fields are read by nobody's list: a snapshot has readers for Hugging Face's alone.
    on_hf = subject.what != "field" or "readers" in (item or {})
    return _huggingface(subject, verdicts) if on_hf else _megatron(subject, verdicts, asked)


def _huggingface(subject: Subject, verdicts: tuple[Verdict, ...]) -> Effect:
    known = {verdict.verdict for verdict in verdicts if verdict.side is Side.HUGGINGFACE and verdict.decided_in}
    mapped = "used" in known
    old, new = subject.fact.old or {}, subject.fact.new or {}
    match subject.kind:
        case Kind.ADDED:
            return Effect.SILENT if new.get("readers") else Effect.UNNOTICED
        case Kind.READ:
            # What a row handles already is handled, whoever reads it.
            return Effect.UNNOTICED if known - {"ignored"} else Effect.SILENT
        case Kind.UNREAD | Kind.ALIASED:
            return Effect.SILENT if mapped else Effect.UNNOTICED
        case Kind.REMOVED | Kind.RENAMED:
            return _gone(subject, known, old)
        case Kind.RETYPED | Kind.ALLOWED if subject.fact.aspect == "type":
            wider = missing(atoms(str(new["type"])), str(old["type"]))
            return Effect.SILENT if mapped and wider else Effect.UNNOTICED
        case Kind.DEFAULT if subject.what == "undeclared attribute":
            return Effect.SILENT if known - {"ignored"} else Effect.UNNOTICED
        case Kind.DEFAULT:
            # A mapper reads what a config holds, whatever default put it there; but words may have a new meaning.
            spelled = _words(old[subject.fact.aspect]) != _words(new[subject.fact.aspect])
            return Effect.SILENT if mapped and spelled else Effect.UNNOTICED
        case _:
            return Effect.UNNOTICED


def _words(value: Json) -> frozenset[str]:
    """Every string in a value, keys included."""
    match value:
        case str():
            return frozenset({value})
        case list():
            return frozenset[str]().union(*map(_words, value))
        case dict():
            return frozenset(value).union(*map(_words, value.values()))
        case _:
            return frozenset()


def _gone(subject: Subject, known: set[str], old: Aspects) -> Effect:
    """Mappers read every declared field, the ignored ones too: those are kept for the round trip."""
    if subject.what == "field" and old.get("is declared"):
        return Effect.BREAKS
    return Effect.BREAKS if subject.what == "property" and known - {"ignored"} else Effect.UNNOTICED


def _megatron(subject: Subject, verdicts: tuple[Verdict, ...], asked: bool) -> Effect:
    ours = [verdict for verdict in verdicts if verdict.side is Side.MEGATRON]
    written = any(verdict.expression for verdict in ours)
    owners = {verdict.verdict for verdict in ours}
    match subject.kind:
        case Kind.ADDED:
            # Nobody has said yet that its default leaves the model what it is.
            return Effect.SILENT
        case Kind.REMOVED | Kind.RENAMED:
            taken = written or bool(owners & {Owner.CALLER.value, Owner.SUGGESTED.value})
            return Effect.BREAKS if taken else Effect.UNNOTICED
        case Kind.RETYPED | Kind.ALLOWED:
            return Effect.BREAKS if written and asked else Effect.UNNOTICED
        case Kind.DEFAULT:
            left = Owner.ARCHITECTURE.value in owners and not written
            return Effect.SILENT if left else Effect.UNNOTICED
        case _:
            return Effect.UNNOTICED
