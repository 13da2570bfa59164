"""Guesses what was renamed: a field that went and one that came in the same class, and are alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from codegen.upstream_changes import DOCUMENTATION, Aspects, Fact, same

_NEAR = 0.6
"""How alike two names must be to count as evidence, from 0 to 1."""


@dataclass(frozen=True)
class Rename:
    """A field that is gone, the one that it probably is now, and why."""

    removed: Fact
    added: Fact
    evidence: str


def renames(found: Iterable[Fact]) -> tuple[tuple[Fact, ...], tuple[Rename, ...]]:
    """What is left of the facts, and the renames that were guessed; the likeliest pair is taken first."""
    known = tuple(found)
    gone = [fact for fact in known if fact.what == "field" and fact.new is None]
    came = [fact for fact in known if fact.what == "field" and fact.old is None]
    pairs = [
        (reasons, old, new)
        for old in gone
        for new in came
        if old.owner == new.owner and (reasons := _reasons(old, new)) is not None
    ]
    pairs.sort(key=lambda pair: (-len(pair[0]), -_likeness(pair[1].name, pair[2].name), pair[1].name, pair[2].name))
    taken: list[Fact] = []
    guessed: list[Rename] = []
    for reasons, old, new in pairs:
        if not any(fact is old or fact is new for fact in taken):
            taken += [old, new]
            guessed.append(Rename(old, new, ", ".join(reasons)))
    return tuple(fact for fact in known if not any(fact is other for other in taken)), tuple(guessed)


def _reasons(removed: Fact, added: Fact) -> tuple[str, ...] | None:
    """What speaks for one field under two names; None where it is too little."""
    old, new = removed.old or {}, added.new or {}
    if not same(old["type"], new["type"]):
        return None
    reasons = ["same type"]
    if _likeness(removed.name, added.name) >= _NEAR:
        reasons.append("a similar name")
    reasons += [f"same {aspect}" for aspect in ("readers", DOCUMENTATION) if _telling(old, new, aspect)]
    if same(old["default"], new["default"]):
        reasons.append("same default")
    # A type and a default alone are shared by many: bool and False.
    return tuple(reasons) if len(reasons) > 2 and reasons != ["same type", "same default"] else None


def _telling(old: Aspects, new: Aspects, aspect: str) -> bool:
    return bool(old.get(aspect)) and same(old.get(aspect), new.get(aspect))


def _likeness(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second).ratio()
